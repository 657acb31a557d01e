import { isUp } from "./diff.ts";
import type { Plan, ServiceChange, Step } from "./model.ts";
import type { Loss, RecoverOptions, Recovery } from "./recovery.ts";
import { serviceOf } from "./refs.ts";
import { restore } from "./restore.ts";
import { rollBack } from "./roll_back.ts";
import { type Statuses, type SwapState, swapStates } from "./swap_state.ts";

/**
 * The way back for what is neither finished nor untouched: a swap whose new replica did not pass
 * gets its old one back, one whose old replica is down already is finished, and containers created
 * ahead are removed. Swaps that were done stay done, unless the service that failed is to be rolled
 * back: then all that this run did is undone.
 */
export function recover(
  plan: Plan,
  statuses: Statuses,
  options: RecoverOptions = {},
): Recovery {
  const states = swapStates(plan, statuses);
  const undone = options.noRollback ? [] : toUndo(plan, statuses, states);
  const recovery: Recovery = {
    steps: unfinishedRecovery(plan, statuses),
    losses: [],
    undone: undone.map((state) => state.id),
  };
  const desired = new Map(plan.changes.map((change) => [change.service, change.desired]));
  for (const state of states) {
    if (!undone.includes(state)) restore(state, recovery, options, desired.get(state.service));
  }
  rollBack(undone, plan.changes, recovery);
  recovery.losses.push(
    ...recreationLosses(plan, statuses),
    ...cutOffLosses(plan, states.filter((state) => !undone.includes(state))),
  );
  return recovery;
}

/** What was to put back a tolerated failure, and was stopped on its way or has failed. */
function unfinishedRecovery(plan: Plan, statuses: Statuses): Step[] {
  return plan.steps.filter(({ id, recovers }) => recovers && statuses.get(id) !== "done");
}

/** Services of which something failed, whose policies say what becomes of all. */
function failedServices({ steps }: Plan, statuses: Statuses): Set<string> {
  const failed = steps.filter((step) => statuses.get(step.id) === "failed" && !step.mayFail);
  const isRecreated = (service: string) =>
    steps.some(({ action }) => action.kind === "recreate" && action.service === service);
  return new Set(failed.flatMap((step) => {
    const { action } = step;
    if (action.kind === "create") {
      return action.services.filter(({ missing }) => missing > 0).map(({ service }) => service);
    }
    // One that could not be removed has been replaced well.
    if (action.kind === "remove") return [];
    // `--wait` comes when all is over.
    if (action.kind === "verify" && !isRecreated(action.service)) return [];
    return serviceOf(step) ?? [];
  }));
}

/** Swaps that were done and are to be taken back. */
function toUndo(plan: Plan, statuses: Statuses, states: SwapState[]): SwapState[] {
  const failed = failedServices(plan, statuses);
  const changes = plan.changes.filter(({ service }) => failed.has(service));
  const isRollback = changes.some(({ desired }) => desired?.update.failureAction === "rollback");
  const isFirst = new Set(changes.filter(isFirstDeploy).map(({ service }) => service));
  // What shares with containers that are gone for good cannot go back to them.
  const gone = new Set(
    states.filter((state) => isDone(state) && isRemoved(state) && state.hasNew)
      .map(({ service }) => service),
  );
  const tied = new Set(
    plan.changes.filter(({ desired }) => desired?.sharesWith.some((name) => gone.has(name)))
      .map(({ service }) => service),
  );
  return states.filter((state) => {
    // A new replica in the middle of its way is no different from any other that fails.
    if (!isDone(state) || isRemoved(state) || tied.has(state.service)) return false;
    return isRollback || isFirst.has(state.service);
  });
}

/** Half of a service's replicas are no use to anybody who has had none before. */
function isFirstDeploy(change: ServiceChange): boolean {
  return change.keeps.length + change.swaps.length + change.removals.length === 0;
}

/** Whether the old container is down or on its way, and nothing lacks that was to come. */
const isDone = (state: SwapState) => state.lacksNothing && (state.isOldDown || state.isLeaving);

const isRemoved = (state: SwapState) => state.status("old", "remove") !== undefined;

/**
 * Old containers that stay cannot be given back what they shared with containers that were replaced.
 *
 * @param states Swaps that are not taken back.
 */
function cutOffLosses({ changes }: Plan, states: SwapState[]): Loss[] {
  const finished = states.filter(isDone);
  const replaced = new Set(
    finished.filter((state) => state.hasNew && wasUp(state)).map(({ service }) => service),
  );
  return changes.flatMap(({ service, desired, swaps, removals }) => {
    const origins = (desired?.sharesWith ?? []).filter((name) => replaced.has(name));
    const left = [...swaps.map(({ old }) => old), ...removals].filter(isUp).length -
      finished.filter((state) => state.service === service && wasUp(state)).length;
    if (origins.length === 0 || left === 0) return [];
    const text = `${service} shares what containers of ${origins.join(" and ")} had, which were ` +
      "replaced: it is cut off from it until it is replaced, too";
    return [{ service, text }];
  });
}

const wasUp = (state: SwapState) => ["up", "serving"].includes(state.before("old") ?? "");

/** Compose removes the old container before the new one is known to be any good. */
function recreationLosses(plan: Plan, statuses: Statuses): Loss[] {
  return plan.steps.flatMap(({ id, action }) => {
    if (action.kind !== "recreate" || !statuses.has(id)) return [];
    const verified = plan.steps.filter((step) => step.after.includes(id));
    if (verified.every((step) => statuses.get(step.id) === "done")) return [];
    const { service } = action;
    const text = `${service} was being replaced by Compose, which had removed the old container`;
    return [{ service, text }];
  });
}
