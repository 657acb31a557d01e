import { Option } from "../deps/commander.ts";
import type { ComposeOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { globalCommand } from "./globals.ts";
import { usageError } from "./usage_error.ts";
import { collect, integerFrom } from "./values.ts";

/** A command about a Compose project: with the global options, and those of `docker compose`. */
export function projectCommand(name: string, versionFlags?: string) {
  return globalCommand(name, versionFlags)
    .optionsGroup("Project options (those of docker compose):")
    .option("--all-resources", "include resources that no service uses")
    .addOption(
      new Option("--ansi <when>", "when to print control characters")
        .choices(["never", "always", "auto"]),
    )
    .option("--compatibility", "make Compose work in its backward compatible mode")
    .addOption(
      new Option("--env-file <file>", "file with environment variables (repeatable)")
        .argParser(collect),
    )
    .addOption(
      new Option("-f, --file <file>", "Compose file, or - for standard input (repeatable)")
        .argParser(collect),
    )
    .addOption(
      new Option("--parallel <number>", "most engine calls at a time, or -1 for any number")
        .argParser(integerFrom(-1)),
    )
    .addOption(
      new Option("--profile <name>", "profile to enable (repeatable)").argParser(collect),
    )
    .addOption(
      new Option("--progress <type>", "how progress is shown")
        .choices(["auto", "tty", "plain", "json", "quiet"]),
    )
    .option(
      "--project-directory <path>",
      "working directory, instead of the folder of the first Compose file",
    )
    .option("-p, --project-name <name>", "name of the project")
    .optionsGroup("Options:");
}

/** What {@linkcode projectCommand} parses. */
type ProjectFlags = ReturnType<ReturnType<typeof projectCommand>["opts"]>;

/** Which project the flags are about. */
export function composeOptions(flags: ProjectFlags): ComposeOptions {
  refuseContradiction(flags);
  return defined({
    allResources: flags.allResources,
    ansi: flags.ansi,
    compatibility: flags.compatibility,
    envFiles: flags.envFile ?? [],
    files: flags.file ?? [],
    parallel: flags.parallel,
    profiles: flags.profile ?? [],
    progress: flags.progress,
    projectDirectory: flags.projectDirectory,
    projectName: flags.projectName,
  });
}

/** As Compose does. */
function refuseContradiction({ ansi, progress }: ProjectFlags): void {
  if (progress === "tty" && ansi === "never") {
    throw usageError("Cannot use --progress tty with --ansi never: it needs control characters");
  }
  if (progress === "plain" && ansi === "always") {
    throw usageError(
      "Cannot use --progress plain with --ansi always: it has no control characters",
    );
  }
}
