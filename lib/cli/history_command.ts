import { Option } from "../deps/commander.ts";
import type { HistoryOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { engineOptions } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { composeOptions, projectCommand } from "./project.ts";

/** Defines `kerek history`. */
export function historyCommand(parser: Parser) {
  return projectCommand("history")
    .summary("list the deploys of the project")
    .description(description)
    .addOption(
      new Option("--format <format>", "for people or for programs").choices(["table", "json"]),
    )
    .action((flags) => {
      const options: HistoryOptions = {
        engine: engineOptions(flags, parser.env),
        compose: composeOptions(flags),
        dryRun: flags.dryRun,
        format: flags.format,
      };
      parser.accept({ command: "history", options: defined(options) });
    });
}

const description = prose(`Lists the deploys of the project

Each deploy that changed something, by whom, when, with what outcome, of which services, with the
beginning of their config hash, and of which images: the last 10 that went well, and the last 10 that did not. The history is on the engine, so any machine that
deploys there sees it. With -p, no Compose file is needed.`);
