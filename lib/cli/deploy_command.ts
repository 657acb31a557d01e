import { Option } from "../deps/commander.ts";
import type { DeployCommandOptions } from "../options.ts";
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
import { collect, httpUrl, integerFrom, nonEmpty } from "./values.ts";

/** Defines `kerek deploy`. */
export function deployCommand(parser: Parser) {
  return deployOptionsCommand().action((services, flags) => {
    parser.accept({ command: "deploy", options: deployOptions(services, flags, parser) });
  });
}

type DeployFlags = ReturnType<ReturnType<typeof deployOptionsCommand>["opts"]>;

function deployOptions(
  services: string[],
  flags: DeployFlags,
  parser: Parser,
): DeployCommandOptions {
  return defined({
    engine: engineOptions(flags, parser.env),
    compose: composeOptions(flags),
    services,
    build: flags.build || undefined,
    deps: flags.deps || undefined,
    dryRun: flags.dryRun,
    forceRecreate: flags.forceRecreate,
    hooks: flags.hook,
    imageChanges: flags.imageChanges,
    lockTimeoutS: flags.lockTimeout,
    noBuild: flags.build === false || undefined,
    noRollback: !flags.rollback || undefined,
    noStart: !flags.start || undefined,
    onFailure: flags.onFailure,
    order: flags.order,
    probe: flags.probe,
    pull: flags.pull,
    quietPull: flags.quietPull,
    removeOrphans: flags.removeOrphans,
    renewAnonVolumes: flags.renewAnonVolumes,
    report: flags.report,
    timeline: flags.timeline,
    timeoutS: flags.timeout,
    updateParallelism: flags.updateParallelism,
    wait: flags.wait,
    waitTimeoutS: flags.waitTimeout,
  });
}

function deployOptionsCommand() {
  return projectCommand("deploy", "--version")
    .summary("bring services up to date, without downtime where asked for")
    .description(description)
    .argument("[services...]", "services to consider; without any, the whole project")
    .optionsGroup("Deployment options:")
    .option("--build", "build images first")
    .option("--no-build", "never build an image, whatever its service says")
    .option("--deps", "also consider what the named services depend on, dependencies first")
    .option("--no-deps", "consider the named services alone (this is the default)")
    .option("-d, --detach", "no matter: everything runs in the background anyway")
    .option("--force-recreate", "replace replicas that are up to date, too")
    .addOption(
      new Option("--hook <file>", "TypeScript module to call around replacements (repeatable)")
        .argParser(collect),
    )
    .option(
      "--image-changes",
      "also replace replicas whose image's name stands for another image by now (as --build and " +
        "--pull always do)",
    )
    .addOption(
      new Option(
        "--lock-timeout <seconds>",
        "most time to wait for another deploy of the project to end; without, fail at once",
      ).argParser(integerFrom(0)),
    )
    .option("--no-rollback", "leave new replicas that failed, stopped, for inspection")
    .option("--no-start", "create what is missing, but start nothing")
    .addOption(onFailureOption())
    .addOption(orderOption())
    .addOption(
      new Option(
        "--probe <url>",
        "send 10 requests a second to this address meanwhile, and count those that fail",
      ).argParser(httpUrl),
    )
    .addOption(
      new Option("--pull <when>", "when to pull images before starting anything")
        .choices(["always", "missing", "never"]),
    )
    .option("--quiet-pull", "do not show the progress of pulling")
    .option("--remove-orphans", "remove containers of services that are no longer defined")
    .option(
      "-V, --renew-anon-volumes",
      "start with fresh anonymous volumes in place of what old replicas have in theirs",
    )
    .addOption(
      new Option("--report <file>", "write what has happened as an HTML page, with a picture")
        .argParser(nonEmpty),
    )
    .option("--timeline", "in the end, draw when which container ran")
    .addOption(timeoutOption())
    .addOption(updateParallelismOption())
    .option("--wait", "in the end, wait until all services are running or healthy")
    .addOption(waitTimeoutOption())
    .addHelpText("after", `\n${exitCodesHelp}`);
}

const description = prose(`Brings services up to date, without downtime where asked for

Compares the containers of each service with the Compose files. Missing replicas are added, surplus
ones removed, and those whose configuration has changed are replaced; the others are left alone,
unless you pass --force-recreate. Everything runs in the background.

Replicas are replaced one after the other. The setting deploy.update_config.order of a service in
the Compose file says how: with start-first, the new replica is up before the old one ends; with
stop-first (the default), the old one ends first.

If you name services, only these are considered, and not what they depend on, unless you pass
--deps.`);
