import { Argument } from "../deps/commander.ts";
import type { HooksOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { displayOptions, engineOptions, globalCommand } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";

/** Defines `kerek hooks`. */
export function hooksCommand(parser: Parser) {
  return globalCommand("hooks")
    .summary("write a hook module to start from, or list those of kerek")
    .description(description)
    .addArgument(new Argument("<action>", "what to do").choices(["init", "list"] as const))
    .argument("[file]", "TypeScript file that init writes", "hooks.ts")
    .action((action, file, flags) => {
      const options: HooksOptions = {
        ...displayOptions(flags),
        engine: engineOptions(flags, parser.env),
        action,
        file,
        dryRun: flags.dryRun,
      };
      parser.accept({ command: "hooks", options: defined(options) });
    });
}

const description = prose(`Writes a hook module to start from, or lists those that come with kerek

Hook modules are TypeScript files of your own that kerek deploy calls around replacements. The file
has a function for each moment; a file that is there already is left alone. A Compose file names
kerek's own modules by kerek:NAME.`);
