import { defined } from "./defined.ts";
import { engineOptions } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { composeOptions, projectCommand } from "./project.ts";

/** Defines `kerek unlock`. */
export function unlockCommand(parser: Parser) {
  return projectCommand("unlock")
    .summary("show who is deploying the project, and break the lock of one who died")
    .description(description)
    .option("--force", "break the lock of a deploy that seems to be going on, too")
    .action((flags) => {
      const options = {
        engine: engineOptions(flags, parser.env),
        compose: composeOptions(flags),
        dryRun: flags.dryRun,
        force: flags.force,
      };
      parser.accept({ command: "unlock", options: defined(options) });
    });
}

const description = prose(`Shows who is deploying the project, and breaks the lock of one who died

A deploy that changes something has a lock on the engine, so that there is one at a time. The lock of
one that was killed is taken over by the next deploy on the same machine at once, and on others after
a minute; this command is for all else.

With --force, the lock of a deploy that seems to be going on is broken, too. If it is, it stops as if
it was interrupted.`);
