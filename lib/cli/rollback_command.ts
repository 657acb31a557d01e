import { Option } from "../deps/commander.ts";
import type { RollbackOptions } from "../options.ts";
import { defined } from "./defined.ts";
import { engineOptions } from "./globals.ts";
import { exitCodesHelp, prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { composeOptions, projectCommand } from "./project.ts";
import {
  onFailureOption,
  orderOption,
  timeoutOption,
  updateParallelismOption,
  waitTimeoutOption,
} from "./update_options.ts";
import { collect, integerFrom } from "./values.ts";

/** Defines `kerek rollback`. */
export function rollbackCommand(parser: Parser) {
  return projectCommand("rollback")
    .summary("deploy an earlier state again")
    .description(description)
    .argument("[services...]", "services to take back; without any, the whole project")
    .addOption(
      new Option("--to <number>", "entry of the history; without, the one before what runs")
        .argParser(integerFrom(1)),
    )
    .addOption(
      new Option("--hook <file>", "TypeScript module to call around replacements (repeatable)")
        .argParser(collect),
    )
    .addOption(
      new Option(
        "--lock-timeout <seconds>",
        "most time to wait for another deploy of the project to end; without, fail at once",
      ).argParser(integerFrom(0)),
    )
    .addOption(onFailureOption())
    .addOption(orderOption())
    .option("--remove-orphans", "remove containers of services that there were not yet")
    .addOption(timeoutOption())
    .addOption(updateParallelismOption())
    .option("--wait", "in the end, wait until all services are running or healthy")
    .addOption(waitTimeoutOption())
    .addHelpText("after", `\n${exitCodesHelp}`)
    .action((services, flags) => {
      const options: RollbackOptions = {
        engine: engineOptions(flags, parser.env),
        compose: composeOptions(flags),
        services,
        dryRun: flags.dryRun,
        hooks: flags.hook,
        lockTimeoutS: flags.lockTimeout,
        onFailure: flags.onFailure,
        order: flags.order,
        removeOrphans: flags.removeOrphans,
        timeoutS: flags.timeout,
        to: flags.to,
        updateParallelism: flags.updateParallelism,
        wait: flags.wait,
        waitTimeoutS: flags.waitTimeout,
      };
      parser.accept({ command: "rollback", options: defined(options) });
    });
}

const description = prose(`Deploys an earlier state again

Takes the configuration and the images, by id, of an entry of the history, and goes the way of a
deploy: the same plan, replacement, gates, hooks and lock. The Compose files are not used; with -p,
none is needed. If an image is gone, it fails before anything is touched.

Without --to, it goes back to the last deploy that went well if another one has failed since, or if
what runs is not what that left; else to the newest one that would change something that runs. So a
second rollback takes back the first. If there is none, or if only services came since, which it
would leave running, it says so and ends with exit code 3.`);
