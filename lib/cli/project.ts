import { Option } from "../deps/commander.ts";
import type { ComposeOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { displayOptions, globalCommand } from "./globals.ts";
import { collect, integerFrom } from "./values.ts";

/** A command about a Compose project: with the global options, and those of `docker compose`. */
export function projectCommand(name: string, versionFlags?: string) {
  return globalCommand(name, versionFlags)
    .optionsGroup("Project options (those of docker compose):")
    .option("--all-resources", "include resources that no service uses")
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
  return defined({
    ...displayOptions(flags),
    allResources: flags.allResources,
    compatibility: flags.compatibility,
    envFiles: flags.envFile ?? [],
    files: flags.file ?? [],
    parallel: flags.parallel,
    profiles: flags.profile ?? [],
    projectDirectory: flags.projectDirectory,
    projectName: flags.projectName,
  });
}
