import type { Plan, ServiceChange } from "./model.ts";
import type { RecoverOptions, Recovery } from "./recovery.ts";
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
  const failed = states.filter((state) => state.hasFailed && !isRemovalFailed(state));
  const undone = options.noRollback ? [] : toUndo(plan, states, failed);
  const recovery: Recovery = { steps: [], losses: [], undone: undone.map((state) => state.id) };
  const desired = new Map(plan.changes.map((change) => [change.service, change.desired]));
  for (const state of states) {
    if (!undone.includes(state)) restore(state, recovery, options, desired.get(state.service));
  }
  rollBack(undone, plan.changes, recovery);
  recovery.losses.push(...recreationLosses(plan, statuses), ...recoveryLosses(plan, statuses));
  return recovery;
}

const isRemovalFailed = (state: SwapState) => state.status("old", "remove") === "failed";

/** Swaps that were done and are to be taken back. */
function toUndo(plan: Plan, states: SwapState[], failed: SwapState[]): SwapState[] {
  const changeOf = new Map(plan.changes.map((change) => [change.service, change]));
  const isRollback = failed.some((state) =>
    changeOf.get(state.service)?.desired?.update.failureAction === "rollback"
  );
  const isFirst = new Set(
    failed.map((state) => state.service).filter((name) => isFirstDeploy(changeOf.get(name)!)),
  );
  return states.filter((state) => {
    // A new replica in the middle of its way is no different from any other that fails.
    const isDone = (state.hasPassed || !state.hasNew) && (isOldDown(state) || state.isLeaving);
    return isDone && !isRemoved(state) && (isRollback || isFirst.has(state.service));
  });
}

/** Half of a service's replicas are no use to anybody who has had none before. */
function isFirstDeploy(change: ServiceChange): boolean {
  return change.keeps.length + change.swaps.length + change.removals.length === 0;
}

const isOldDown = (state: SwapState) => !state.hasOld || state.status("old", "stop") === "done";

const isRemoved = (state: SwapState) => state.status("old", "remove") !== undefined;

/** Compose removes the old container before the new one is known to be any good. */
function recreationLosses(plan: Plan, statuses: Statuses): string[] {
  return plan.steps.flatMap(({ id, action }) => {
    if (action.kind !== "recreate" || !statuses.has(id)) return [];
    const verified = plan.steps.filter((step) => step.after.includes(id));
    if (verified.every((step) => statuses.get(step.id) === "done")) return [];
    return [`${action.service} was being replaced by Compose, which had removed the old container`];
  });
}

/** What was to put a tolerated failure back and failed itself. */
function recoveryLosses(plan: Plan, statuses: Statuses): string[] {
  return plan.steps.flatMap(({ id, recovers }) =>
    recovers !== undefined && statuses.get(id) !== undefined && statuses.get(id) !== "done"
      ? [`${recovers}: it could not be put back`]
      : []
  );
}
