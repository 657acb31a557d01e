import type { ConfigOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { engineOptions } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { composeOptions, projectCommand } from "./project.ts";
import { onFailureOption, orderOption, updateParallelismOption } from "./update_options.ts";

/** Defines `kerek config`. */
export function configCommand(parser: Parser) {
  return projectCommand("config")
    .summary("print what applies to each service, and where it comes from")
    .description(description)
    .argument("[services...]", "services to print; without any, the whole project")
    .addOption(onFailureOption())
    .addOption(orderOption())
    .option("--schema", "print the JSON Schema of x-kerek, for editors, and nothing else")
    .addOption(updateParallelismOption())
    .action((services, flags) => {
      const options: ConfigOptions = {
        engine: engineOptions(flags, parser.env),
        compose: composeOptions(flags),
        services,
        dryRun: flags.dryRun,
        onFailure: flags.onFailure,
        order: flags.order,
        schema: flags.schema,
        updateParallelism: flags.updateParallelism,
      };
      parser.accept({ command: "config", options: defined(options) });
    });
}

const description = prose(`Prints what applies to each service, and where it comes from

How replicas are replaced (update_config, rollback_config), what a new one must pass (gates), what
happens to an old one before it is stopped (drain), and the commands that are run in them
(post_start, pre_stop). Behind each value stands its place in the Compose files, the option that
gives it, or that it is the default. Nothing is changed, and no container is looked at.`);
