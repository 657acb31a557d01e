import type { DesiredService, Step } from "./model.ts";
import { oldGate, type RecoverOptions, type Recovery, removalOf } from "./recovery.ts";
import type { Push, SwapState } from "./swap_state.ts";
import { execs } from "./swap_steps.ts";

/** Finishes a swap that is past the point of return, and restores one that is short of it. */
export function restore(
  state: SwapState,
  recovery: Recovery,
  options: RecoverOptions,
  desired: DesiredService | undefined,
): void {
  if (state.isComplete) return;
  const steps: Step[] = [];
  const push = state.collect(steps);
  const oldDown = state.status("old", "stop") === "done";
  if (state.status("old", "remove") === "failed") {
    push(removalOf(state, "old"), "it could not be removed before");
  } else if (oldDown && state.lacksNothing) {
    const cause = state.hasNew ? "the new replica serves already" : "it is stopped already";
    push(removalOf(state, "old"), cause);
  } else if (state.isLeaving && state.lacksNothing) {
    // It was told to leave, which cannot be taken back, and it is not needed any more.
    const cause = "it was told to leave already";
    push({ kind: "stop", container: state.container("old")! }, cause);
    push(removalOf(state, "old"), cause);
  } else if (state.hasNew) {
    goBack(state, push, options, desired);
  }
  recovery.steps.push(...steps);
}

function goBack(
  state: SwapState,
  push: Push,
  options: RecoverOptions,
  desired: DesiredService | undefined,
): void {
  if (isLeft(state)) return;
  const cause = state.hasFailed ? "its replacement failed" : "its replacement was not finished";
  const back = { cause, desired, isCovered: state.hasPassed };
  // A replica that may be answering goes only after the old one is back, if both may run at once.
  const mayAnswer = state.hasPassed ||
    (state.before("new") === "serving" && desired?.update.order === "start-first");
  if (mayAnswer) restartOld(state, push, back);
  // A job is not cut off in the middle of what it does.
  const isRunningJob = desired?.isJob === true && !state.isFoundBad;
  discardNew(state, push, { ...options, isGentle: state.hasPassed || isRunningJob });
  if (!mayAnswer) restartOld(state, push, back);
}

/**
 * Whether a replica that ran before this deploy goes on: it was not found bad, or nothing would serve
 * in its place.
 */
function isLeft(state: SwapState): boolean {
  const [own, old] = [state.before("new"), state.before("old")];
  const isReplaced = state.isFoundBad && (old === "serving" || old === "stopped");
  return (own === "up" || own === "serving") && !isReplaced;
}

/** How an old container comes back. */
export interface Return {
  cause: string;
  desired: DesiredService | undefined;
  /** Whether its replacement serves until it is back. */
  isCovered: boolean;
}

/**
 * Starts the old container again if it was stopped, or may have been. One that was told to leave
 * is stopped first, as a restart is what takes that back; names are simply given back.
 */
export function restartOld(state: SwapState, push: Push, { cause, desired, isCovered }: Return) {
  const before = state.before("old");
  if (state.status("old", "stop") === undefined && !state.isLeaving) return;
  if (before !== "up" && before !== "serving" && before !== "stopped") return;
  const container = state.container("old")!;
  const hiding = state.hiding("old");
  const reveal = () => {
    if (hiding) push({ kind: "reveal", container, networks: hiding.networks }, cause);
  };
  if (state.isLeaving && !state.isToldToLeave) return reveal();
  if (state.isLeaving) push({ kind: "stop", container }, "it was told to leave");
  // An old job is not run again.
  if (desired?.isJob) return;
  // If nothing else serves, names must not depend on whether it gets ready.
  if (!isCovered) reveal();
  push({ kind: "start", container }, cause);
  // The files' commands may be new and not known to the old version.
  for (const [, action] of execs("post_start", desired?.postStart ?? [], container, false)) {
    push(action, "it was started");
  }
  push({ kind: "ready", container, gate: oldGate(before !== "up", desired?.rollback) }, cause);
  if (isCovered) reveal();
}

function discardNew(
  state: SwapState,
  push: Push,
  { noRollback, isGentle }: RecoverOptions & { isGentle: boolean },
): void {
  if (!state.newExists) return;
  const container = state.container("new")!;
  const begun = state.status("new", "start") !== undefined;
  if (state.before("new") === "down") { // It was there before: back to how it was.
    const cause = "it was not running before";
    if (begun) push({ kind: "stop", container }, cause);
    const hiding = state.hiding("new");
    if (hiding) push({ kind: "reveal", container, networks: hiding.networks }, cause);
    return;
  }
  if (noRollback && begun) {
    push({ kind: "stop", container }, "left for inspection, as --no-rollback asks");
    return;
  }
  if (isGentle && begun) push({ kind: "stop", container }, "it did not get into service");
  push(removalOf(state, "new"), "it did not get into service");
}
