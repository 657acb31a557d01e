import type { Plan } from "./model.ts";
import { putBack, spareOne } from "./put_back.ts";
import type { RecoverOptions } from "./recovery.ts";
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
  const goOn = (current: Plan, state: SwapState) =>
    spareOne(putBack(current, state, options), state, statuses);
  return { kind: "go-on", plan: failed.reduce(goOn, plan) };
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
