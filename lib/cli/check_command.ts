import { Option } from "../deps/commander.ts";
import type { CheckOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { engineOptions } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { composeOptions, projectCommand } from "./project.ts";
import { orderOption } from "./update_options.ts";
import { collect } from "./values.ts";

/** Defines `kerek check`. */
export function checkCommand(parser: Parser) {
  return projectCommand("check")
    .summary("say what stands against updates, all at once")
    .description(description)
    .argument("[services...]", "services to check; without any, the whole project")
    .addOption(
      new Option("--hook <file>", "a hook module besides those of the Compose files (repeatable)")
        .argParser(collect),
    )
    .option("--no-build", "as a deploy with this option")
    .addOption(orderOption())
    .addOption(
      new Option("--pull <policy>", "as a deploy with this option")
        .choices(["always", "missing", "never"]),
    )
    .action((services, flags) => {
      const options: CheckOptions = {
        engine: engineOptions(flags, parser.env),
        compose: composeOptions(flags),
        services,
        dryRun: flags.dryRun,
        hooks: flags.hook,
        noBuild: flags.build === false || undefined,
        order: flags.order,
        pull: flags.pull,
      };
      parser.accept({ command: "check", options: defined(options) });
    });
}

const description = prose(`Says what stands against updates, all at once

Every service is looked at as if each of its replicas were to be replaced now, also those that are
up to date or not there yet: what a deploy would refuse or warn of. Hook modules are loaded. Nothing
is changed; the exit code is 3 if a deploy would be refused.`);
