import { Option } from "../deps/commander.ts";
import type { TunnelSshOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { displayOptions, engineOptions, globalCommand } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";

/** Defines `kerek tunnel-ssh`. */
export function tunnelSshCommand(parser: Parser) {
  return globalCommand("tunnel-ssh")
    .summary("make the Docker host of another machine reachable by a local socket")
    .description(description)
    .argument("<ssh-host>", "[ssh://][user@]hostname[:port]")
    .addOption(
      new Option("--local-socket <path>", "Unix socket on this machine").default("kerek.sock"),
    )
    .addOption(
      new Option("--remote-socket <path>", "Unix socket of the Docker host on the other machine"),
    )
    .addOption(new Option("-F, --ssh-config <file>", "SSH config file"))
    .option("--foreground", "stay until Ctrl-C or the tunnel's end")
    .option("--stop", "end the tunnel that is open at the local socket")
    .addHelpText("after", examples)
    .action((host, flags) => {
      const options: TunnelSshOptions = {
        ...displayOptions(flags),
        engine: engineOptions(flags, parser.env),
        dryRun: flags.dryRun,
        foreground: flags.foreground,
        localSocket: flags.localSocket,
        remoteSocket: flags.remoteSocket,
        sshConfig: flags.sshConfig,
        sshHost: host,
        stop: flags.stop,
      };
      parser.accept({ command: "tunnel-ssh", options: defined(options) });
    });
}

const description = prose(
  `Makes the Docker host of another machine reachable by a local socket, over SSH

The tunnel stays in the background. Use it with DOCKER_HOST=unix:///path/to/kerek.sock. Unlike
with Docker's own ssh:// addresses, you can choose an SSH config file, and all calls share one
connection. The socket there is found by itself, Docker's or Podman's. It ends with --stop.`,
);

const examples = `
Example:
  kerek tunnel-ssh my-ssh-host
  CONTAINER_HOST="unix://$PWD/kerek.sock" podman ps
  kerek tunnel-ssh --stop my-ssh-host`;
