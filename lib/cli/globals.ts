import { Command, Option } from "../deps/commander.ts";
import type { DisplayOptions, EngineOptions } from "../options.ts";
import { version } from "../version.ts";
import { defined } from "./defined.ts";
import { usageError } from "./usage_error.ts";

/** Heading of the options of every command. */
export const globalHeading = "Global options:";

/**
 * A command with the global options, which are defined for each command anew so that they work
 * after its name, too.
 */
export function globalCommand(name: string, versionFlags = "-V, --version") {
  return new Command(name)
    .optionsGroup(globalHeading)
    .addOption(
      new Option(
        "--container-engine <program>",
        "program that runs container commands, such as podman " +
          "(env: CONTAINER_ENGINE, default: docker)",
      ),
    )
    .addOption(
      new Option("--ansi <when>", "when to print control characters")
        .choices(["never", "always", "auto"]),
    )
    .option("--dry-run", "show what would be done, and change nothing")
    .option("--config <directory>", "where the client's configuration files are")
    .option(
      "-c, --context <name>",
      "context to connect with, instead of DOCKER_HOST or the one that `docker context use` set",
    )
    .option("-D, --debug", "debug mode of the client; errors show where they come from")
    .option("-H, --host <address>", "socket of the daemon to connect to")
    .addOption(
      new Option("-l, --log-level <level>", "how much the client logs")
        .choices(["debug", "info", "warn", "error", "fatal"]),
    )
    .addOption(
      new Option("--progress <type>", "how progress is shown")
        .choices(["auto", "tty", "plain", "json", "quiet"]),
    )
    .option("--tls", "use TLS (implied by --tlsverify)")
    .option("--tlscacert <file>", "trust only certificates that this authority signed")
    .option("--tlscert <file>", "TLS certificate")
    .option("--tlskey <file>", "TLS key")
    .option("--tlsverify", "use TLS and verify the other side")
    .version(`kerek ${version}`, versionFlags, "print the version (with --json: as JSON)")
    .helpOption("-h, --help", "print this help")
    .optionsGroup("Options:");
}

/** What {@linkcode globalCommand} parses. */
export type GlobalFlags = ReturnType<ReturnType<typeof globalCommand>["opts"]>;

/** How to reach the engine according to the global options and the environment. */
export function engineOptions(
  flags: GlobalFlags,
  env: (name: string) => string | undefined,
): EngineOptions {
  return defined({
    containerEngine: flags.containerEngine ?? (env("CONTAINER_ENGINE") || "docker"),
    config: flags.config,
    context: flags.context,
    debug: flags.debug,
    host: flags.host,
    logLevel: flags.logLevel,
    tls: flags.tls,
    tlscacert: flags.tlscacert,
    tlscert: flags.tlscert,
    tlskey: flags.tlskey,
    tlsverify: flags.tlsverify,
  });
}

/** How what is done is shown, according to the global options. */
export function displayOptions(flags: GlobalFlags): DisplayOptions {
  refuseContradiction(flags);
  return defined({ ansi: flags.ansi, progress: flags.progress });
}

/** As Compose does. */
function refuseContradiction({ ansi, progress }: GlobalFlags): void {
  if (progress === "tty" && ansi === "never") {
    throw usageError("Cannot use --progress tty with --ansi never: it needs control characters");
  }
  if (progress === "plain" && ansi === "always") {
    throw usageError(
      "Cannot use --progress plain with --ansi always: it has no control characters",
    );
  }
}
