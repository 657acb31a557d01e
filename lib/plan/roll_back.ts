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
  // What failed is put back first, so that no more are down at a time than the policy allows.
  let after = recovery.steps.map((step) => step.id);
  for (const [service, states] of byService) {
    const change = changes.find((other) => other.service === service)!;
    const steps = rollBackService(states, change, after);
    recovery.steps.push(...steps);
    if (steps.length > 0) after = steps.map((step) => step.id);
  }
}

function rollBackService(states: SwapState[], change: ServiceChange, after: string[]): Step[] {
  const { parallelism, delayMs, order } = change.desired?.rollback ??
    { parallelism: 0, delayMs: 0, order: "start-first" };
  const all: Step[] = [];
  const ends: string[] = [];
  for (const state of states) {
    const previous = parallelism > 0 ? ends.at(-parallelism) : undefined;
    const isDelayed = previous !== undefined && delayMs > 0;
    const steps: Step[] = [];
    const push = state.collect(steps, previous === undefined ? after : [previous]);
    if (isDelayed) {
      push({ kind: "pause", purpose: "delay", service: change.service, ms: delayMs }, cause);
    }
    takeBack(state, change, order, push);
    // Of what did not run there is nothing to take back.
    if (steps.length === (isDelayed ? 1 : 0)) continue;
    all.push(...steps);
    ends.push(steps.at(-1)!.id);
  }
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
  if (state.before("new") === "new") push(removalOf(state, "new"), cause);
}

/**
 * It has served since it passed, so it leaves like an old one. One that ran before this deploy goes
 * on, and one that was there, stopped, is to have its names when somebody starts it.
 */
function stopNew(state: SwapState, change: ServiceChange, push: Push): void {
  const before = state.before("new");
  if (before !== "new" && before !== "down") return;
  const container = state.container("new")!;
  const actions = farewells(change, container, change.desired?.networks).map(([, action]) =>
    action
  );
  for (const action of actions) push(action, cause);
  push({ kind: "stop", container }, cause);
  const hiding = actions.find((action) => action.kind === "hide");
  if (before === "down" && hiding) push({ ...hiding, kind: "reveal" }, cause);
}
