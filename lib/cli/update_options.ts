import { Option } from "../deps/commander.ts";
import { integerFrom } from "./values.ts";

/** Options of what deploys; the first ones go before `deploy.update_config` for one run. */

/** `--on-failure`. */
export function onFailureOption() {
  return new Option(
    "--on-failure <action>",
    "what a failed replacement leads to, in place of update_config.failure_action",
  ).choices(["pause", "continue", "rollback"]);
}

/** `--order`. */
export function orderOption() {
  return new Option("--order <order>", "what comes first, in place of update_config.order")
    .choices(["start-first", "stop-first"]);
}

/** `--update-parallelism`. */
export function updateParallelismOption() {
  return new Option(
    "--update-parallelism <number>",
    "replicas to replace at a time, or 0 for all, in place of update_config.parallelism",
  ).argParser(integerFrom(0));
}

/** `--timeout`. */
export function timeoutOption() {
  return new Option("-t, --timeout <seconds>", "time for a container to end before it is killed")
    .argParser(integerFrom(0));
}

/** `--wait-timeout`. */
export function waitTimeoutOption() {
  return new Option("--wait-timeout <seconds>", "most time that --wait may take")
    .argParser(integerFrom(0));
}
