import type { ServiceChange, Step } from "./model.ts";
import { type Recovery, removalOf } from "./recovery.ts";
import { restartOld } from "./restore.ts";
import type { Push, SwapState } from "./swap_state.ts";

const cause = "rolled back";

/**
 * Takes back swaps that were done, the latest first: service by service, and within a service as
 * many at a time and in the order that `rollback_config` says.
 */
export function rollBack(
  undone: SwapState[],
  changes: ServiceChange[],
  recovery: Recovery,
): void {
  const byService = Map.groupBy(undone.toReversed(), (state) => state.service);
  let after: string[] = [];
  for (const [service, states] of byService) {
    const change = changes.find((other) => other.service === service)!;
    const steps = rollBackService(states, change, after);
    recovery.steps.push(...steps);
    after = steps.map((step) => step.id);
  }
}

function rollBackService(states: SwapState[], change: ServiceChange, after: string[]): Step[] {
  const { parallelism, delayMs, order } = change.desired?.rollback ??
    { parallelism: 0, delayMs: 0, order: "start-first" };
  const all: Step[] = [];
  const ends: string[] = [];
  states.forEach((state, i) => {
    const previous = parallelism > 0 ? ends[i - parallelism] : undefined;
    const steps: Step[] = [];
    const push = state.collect(steps, previous ? [previous] : after);
    if (previous && delayMs > 0) {
      push({ kind: "pause", purpose: "delay", service: change.service, ms: delayMs }, cause);
    }
    takeBack(state, order, push);
    all.push(...steps);
    ends.push(steps.at(-1)!.id);
  });
  return all;
}

function takeBack(state: SwapState, order: "start-first" | "stop-first", push: Push): void {
  if (order === "stop-first") stopNew(state, push);
  restartOld(state, push, cause);
  if (order === "start-first") stopNew(state, push);
  if (state.hasNew && state.before("new") !== "down") push(removalOf(state, "new"), cause);
}

function stopNew(state: SwapState, push: Push): void {
  if (state.hasNew) push({ kind: "stop", container: state.container("new")! }, cause);
}
