import { Option } from "../deps/commander.ts";
import type { ProvisionOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { displayOptions, engineOptions, globalCommand } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";

/** Defines `kerek provision`. */
export function provisionCommand(parser: Parser) {
  return globalCommand("provision")
    .summary("set up a container engine on a host (changes its system)")
    .description(description)
    .argument("<host>", "localhost or [ssh://][user@]hostname[:port]")
    .option("--force", "go ahead without asking")
    .addOption(new Option("-F, --ssh-config <file>", "SSH config file"))
    .action((host, flags) => {
      const options: ProvisionOptions = {
        ...displayOptions(flags),
        engine: engineOptions(flags, parser.env),
        dryRun: flags.dryRun,
        force: flags.force,
        host,
        sshConfig: flags.sshConfig,
      };
      parser.accept({ command: "provision", options: defined(options) });
    });
}

const description = prose(`Sets up a container engine on a host, which changes its system

Docker, or rootless Podman with --container-engine podman, from the packages of Debian 12 or 13 or
Ubuntu 22.04 or 24.04. What is missing is shown and asked about first; --dry-run prints the script.
Settings that are there are kept, and a second run changes nothing.

The host is reached by SSH, without any prompt. Only localhost without any SSH config file means
this machine. Sudo must not ask for a password.`);
