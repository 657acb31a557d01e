import type { ServiceChange, Step } from "./model.ts";
import { type Recovery, removalOf } from "./recovery.ts";
import { restartOld } from "./restore.ts";
import { farewells } from "./swap_steps.ts";
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
    takeBack(state, change, order, push);
    all.push(...steps);
    ends.push(steps.at(-1)!.id);
  });
  return all;
}

function takeBack(
  state: SwapState,
  change: ServiceChange,
  order: "start-first" | "stop-first",
  push: Push,
): void {
  if (order === "stop-first") stopNew(state, change, push);
  const { desired } = change;
  restartOld(state, push, { cause, desired, isCovered: order === "start-first" && state.hasNew });
  if (order === "start-first") {
    const ms = change.desired?.drain.settleMs ?? 0;
    if (ms > 0 && state.hasOld && state.hasNew) {
      push({ kind: "pause", purpose: "settle", service: change.service, ms }, cause);
    }
    stopNew(state, change, push);
  }
  if (state.hasNew && state.before("new") !== "down") push(removalOf(state, "new"), cause);
}

/** It has served since it passed, so it leaves like an old one. */
function stopNew(state: SwapState, change: ServiceChange, push: Push): void {
  if (!state.hasNew) return;
  const container = state.container("new")!;
  for (const [, action] of farewells(change, container, change.desired?.networks)) {
    push(action, cause);
  }
  push({ kind: "stop", container }, cause);
}
