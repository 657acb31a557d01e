import type { Plan, Step } from "./model.ts";
import type { RecoverOptions } from "./recovery.ts";
import { restore } from "./restore.ts";
import { type Statuses, type SwapState, swapStates } from "./swap_state.ts";

/** What follows a failed step: nothing more, or the plan goes on in another form. */
export type Response = { kind: "stop" } | { kind: "go-on"; plan: Plan };

/**
 * Whether a deploy goes on although a swap has failed, which it does as long as no more of its
 * service's swaps have failed than `max_failure_ratio` allows. The failed one is put back, and what
 * was to follow it follows that.
 *
 * @param failedBefore Swaps that failed and were put back earlier in this deploy, by id.
 */
export function respond(
  plan: Plan,
  statuses: Statuses,
  failedBefore: ReadonlySet<string>,
  options: RecoverOptions = {},
): Response {
  const states = swapStates(plan, statuses);
  const failed = states.filter((state) => state.hasFailed);
  if (failed.length === 0 || !failed.every((state) => isTolerated(state, plan, failedBefore))) {
    return { kind: "stop" };
  }
  return {
    kind: "go-on",
    plan: failed.reduce((done, state) => putBack(done, state, options), plan),
  };
}

function isTolerated(state: SwapState, plan: Plan, failedBefore: ReadonlySet<string>): boolean {
  const change = plan.changes.find(({ service }) => service === state.service);
  // Only what a new replica does wrong is tolerable; an engine that cannot stop one is not.
  if (!change?.desired || !state.hasNew || state.hasPassed) return false;
  // Others come after a job because they need what it does.
  if (change.desired.isJob) return false;
  const all = change.swaps.length + change.adds.length;
  const own = [...failedBefore].filter((id) => id.startsWith(`${state.service}/`)).length + 1;
  return own / all <= change.desired.update.maxFailureRatio;
}

/** Replaces a failed swap's steps by those that put it back. */
function putBack(plan: Plan, state: SwapState, options: RecoverOptions): Plan {
  const recovery = { steps: [] as Step[], losses: [], undone: [] };
  const change = plan.changes.find(({ service }) => service === state.service);
  restore(state, recovery, options, change?.desired);
  const own = new Set(
    plan.steps.filter((step) => step.swap?.swap === state.id).map((step) => step.id),
  );
  const outer = plan.steps.filter((step) => own.has(step.id))
    .flatMap((step) => step.after).filter((id) => !own.has(id));
  const instead = recovery.steps.length > 0 ? [recovery.steps.at(-1)!.id] : outer;
  const rewired = plan.steps.filter((step) => !own.has(step.id)).map((step) =>
    step.after.some((id) => own.has(id))
      ? { ...step, after: [...step.after.filter((id) => !own.has(id)), ...instead] }
      : step
  );
  const at = rewired.findIndex((step) => step.after.some((id) => instead.includes(id)));
  const steps = recovery.steps.map((step) => ({ ...step, swap: undefined, recovers: state.id }));
  return { ...plan, steps: rewired.toSpliced(at < 0 ? rewired.length : at, 0, ...steps) };
}
