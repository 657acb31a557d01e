import type { Step } from "./model.ts";
import { oldGate, type RecoverOptions, type Recovery, removalOf } from "./recovery.ts";
import type { Push, SwapState } from "./swap_state.ts";

/** Finishes a swap that is past the point of return, and restores one that is short of it. */
export function restore(state: SwapState, recovery: Recovery, options: RecoverOptions): void {
  if (state.isComplete) return;
  const steps: Step[] = [];
  const push = state.collect(steps);
  const oldDown = state.status("old", "stop") === "done";
  if (state.status("old", "remove") === "failed") {
    recovery.losses.push(`${state.id}: the old container could not be removed`);
  } else if (oldDown && (state.hasPassed || !state.hasNew)) {
    const cause = state.hasNew ? "the new replica serves already" : "it is stopped already";
    push(removalOf(state, "old"), cause);
  } else if (state.isLeaving && (state.hasPassed || !state.hasNew)) {
    // It was told to leave, which cannot be taken back, and it is not needed any more.
    const cause = "it was told to leave already";
    push({ kind: "stop", container: state.container("old")! }, cause);
    push(removalOf(state, "old"), cause);
  } else if (state.hasNew) {
    goBack(state, push, options);
  } else if (state.status("old", "stop") === "failed") {
    recovery.losses.push(`${state.id}: the container could not be stopped`);
  }
  recovery.steps.push(...steps);
}

function goBack(state: SwapState, push: Push, options: RecoverOptions): void {
  // A replica that passed may be answering: it goes only after the old one is back.
  if (state.hasPassed) restartOld(state, push, "its replacement failed");
  discardNew(state, push, options);
  if (!state.hasPassed) restartOld(state, push, "its replacement failed");
}

/**
 * Starts the old container again if it was stopped, or may have been. One that was told to leave
 * is stopped first, as a restart is what takes that back.
 */
export function restartOld(state: SwapState, push: Push, cause: string): void {
  const before = state.before("old");
  if (state.status("old", "stop") === undefined && !state.isLeaving) return;
  if (before !== "up" && before !== "serving") return;
  const container = state.container("old")!;
  if (state.isLeaving) push({ kind: "stop", container }, "it was told to leave");
  push({ kind: "start", container }, cause);
  push({ kind: "ready", container, gate: oldGate(before === "serving") }, cause);
}

function discardNew(state: SwapState, push: Push, { noRollback }: RecoverOptions): void {
  if (!state.newExists) return;
  const container = state.container("new")!;
  const begun = state.status("new", "start") !== undefined;
  if (state.before("new") === "down") { // It was there before: back to how it was.
    if (begun) push({ kind: "stop", container }, "it was not running before");
    return;
  }
  if (noRollback && begun) {
    push({ kind: "stop", container }, "left for inspection, as --no-rollback asks");
    return;
  }
  if (state.hasPassed) push({ kind: "stop", container }, "it did not get into service");
  push(removalOf(state, "new"), "it did not get into service");
}
