import { Option } from "../deps/commander.ts";
import type { DoctorOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { engineOptions } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { composeOptions, projectCommand } from "./project.ts";

/** Defines `kerek doctor`. */
export function doctorCommand(parser: Parser) {
  return projectCommand("doctor")
    .summary("see whether all is there that a deploy needs")
    .description(description)
    .addOption(
      new Option("--format <format>", "for people or for programs").choices(["table", "json"]),
    )
    .action((flags) => {
      const options: DoctorOptions = {
        engine: engineOptions(flags, parser.env),
        compose: composeOptions(flags),
        dryRun: flags.dryRun,
        format: flags.format,
      };
      parser.accept({ command: "doctor", options: defined(options) });
    });
}

const description = prose(`Sees whether all is there that a deploy needs

The client, the engine and that it may be used, SSH where the engine is elsewhere, Docker Compose,
the plugin behind docker deploy, and the Compose files: versions, and a remedy for what is wrong.
Nothing is changed; the exit code is 3 if a deploy could not begin.`);
