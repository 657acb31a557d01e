import { Option } from "../deps/commander.ts";
import type { StatusOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { engineOptions } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { composeOptions, projectCommand } from "./project.ts";

/** Defines `kerek status`. */
export function statusCommand(parser: Parser) {
  return projectCommand("status")
    .summary("show what runs, and what a deploy would change")
    .description(description)
    .argument("[services...]", "services to show; without any, the whole project")
    .addOption(
      new Option("--format <format>", "for people or for programs").choices(["table", "json"]),
    )
    .option("--image-changes", "count replicas as outdated whose image has a new content")
    .action((services, flags) => {
      const options: StatusOptions = {
        engine: engineOptions(flags, parser.env),
        compose: composeOptions(flags),
        services,
        dryRun: flags.dryRun,
        format: flags.format,
        imageChanges: flags.imageChanges,
      };
      parser.accept({ command: "status", options: defined(options) });
    });
}

const description = prose(`Shows what runs, and what a deploy would change

The replicas of each service with their state, version (Compose's config hash) and image, why a
deploy would replace some of them, containers whose service is gone from the files, and who is
deploying the project.`);
