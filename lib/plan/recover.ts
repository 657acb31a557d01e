import type { Action, Gate, Plan, Step } from "./model.ts";

/** How far a step came; a step that was never begun has no status. */
export type StepStatus = "done" | "failed" | "aborted";

/** What to do after a failure or an interruption. */
export interface Recovery {
  steps: Step[];
  /** What cannot be put back, in words; empty if the steps restore all. */
  losses: string[];
}

/**
 * The way back for what is neither finished nor untouched: a swap whose new replica did not
 * become ready gets its old one back, one whose old replica is down already is finished, and
 * containers created ahead are removed. Swaps that were done stay done.
 */
export function recover(plan: Plan, statuses: ReadonlyMap<string, StepStatus>): Recovery {
  const swaps = Map.groupBy(
    plan.steps.filter((step) => step.swap !== undefined),
    (step) => step.swap!.swap,
  );
  const recovery: Recovery = { steps: [], losses: [] };
  const created = plan.steps.filter(isCreation)
    .flatMap((step) => statuses.get(step.id) === "done" ? step.action.services : [])
    .flatMap((creation) => creation.missing > 0 ? [creation.service] : []);
  for (const [id, steps] of swaps) {
    recoverSwap(new SwapState(id, steps, statuses, new Set(created)), recovery);
  }
  recovery.losses.push(...recreationLosses(plan, statuses));
  return recovery;
}

/** Compose removes the old container before the new one is known to be any good. */
function recreationLosses(plan: Plan, statuses: ReadonlyMap<string, StepStatus>): string[] {
  return plan.steps.flatMap(({ id, action }) => {
    if (action.kind !== "recreate" || !statuses.has(id)) return [];
    const verified = plan.steps.filter((step) => step.after.includes(id));
    if (verified.every((step) => statuses.get(step.id) === "done")) return [];
    return [`${action.service} was being replaced by Compose, which had removed the old container`];
  });
}

const isCreation = (
  step: Step,
): step is Step & { action: Extract<Action, { kind: "create" }> } => step.action.kind === "create";

/** One swap's steps, by what they do, and how far each came. */
class SwapState {
  constructor(
    readonly id: string,
    private readonly steps: Step[],
    private readonly statuses: ReadonlyMap<string, StepStatus>,
    private readonly created: Set<string>,
  ) {}

  find(role: "old" | "new", kind: Action["kind"]): Step | undefined {
    return this.steps.find((step) => step.swap!.role === role && step.action.kind === kind);
  }

  status(role: "old" | "new", kind: Action["kind"]): StepStatus | undefined {
    const step = this.find(role, kind);
    return step && this.statuses.get(step.id);
  }

  get isComplete(): boolean {
    return this.steps.every((step) => this.statuses.get(step.id) === "done");
  }

  /** Whether the new container is there: created by this run, or before it. */
  get newExists(): boolean {
    const container = containerOf(this.find("new", "start"));
    return container !== undefined &&
      (container.kind === "known" || this.created.has(container.service));
  }

  make(action: Action, cause: string, after: Step[]): Step {
    const role = this.steps.find((step) => containerOf(step) === containerIn(action))?.swap;
    const id = `${this.id}/recover-${action.kind}-${role?.role ?? "new"}`;
    // Whether or not a useless container can be removed, the old one is to serve again.
    const mayFail = action.kind === "remove" && action.discard;
    return {
      id,
      action,
      cause,
      after: after.slice(-1).map((step) => step.id),
      mayFail,
      swap: role,
    };
  }
}

function recoverSwap(state: SwapState, recovery: Recovery): void {
  if (state.isComplete) return;
  const steps: Step[] = [];
  const push = (action: Action, cause: string) => steps.push(state.make(action, cause, steps));

  const oldDown = state.status("old", "stop") === "done";
  const newReady = state.status("new", "ready") === "done";
  const hasNew = state.find("new", "start") !== undefined;
  if (state.status("old", "remove") === "failed") {
    recovery.losses.push(`${state.id}: the old container could not be removed`);
  } else if (oldDown && (newReady || !hasNew)) {
    push(removeOld(state), hasNew ? "the new replica serves already" : "it is stopped already");
  } else {
    if (hasNew) restore(state, push);
    else if (state.status("old", "stop") === "failed") {
      recovery.losses.push(`${state.id}: the container could not be stopped`);
    }
  }
  recovery.steps.push(...steps);
}

function restore(state: SwapState, push: (action: Action, cause: string) => void): void {
  const newReady = state.status("new", "ready") === "done";
  // A ready replica may be answering: it goes only after the old one is back.
  if (newReady) restartOld(state, push);
  discardNew(state, push);
  if (!newReady) restartOld(state, push);
}

function restartOld(state: SwapState, push: (action: Action, cause: string) => void): void {
  const stop = state.find("old", "stop");
  if (!stop || state.status("old", "stop") === undefined) return;
  if (stop.swap!.before !== "up" && stop.swap!.before !== "serving") return;
  const container = containerOf(stop)!;
  const cause = "its replacement failed";
  push({ kind: "start", container }, cause);
  push({ kind: "ready", container, gate: oldGate(stop.swap!.before === "serving") }, cause);
}

function discardNew(state: SwapState, push: (action: Action, cause: string) => void): void {
  const start = state.find("new", "start")!;
  const begun = state.status("new", "start") !== undefined;
  if (!state.newExists) return;
  const container = containerOf(start)!;
  if (start.swap!.before === "down") { // It was there before: back to how it was.
    if (begun) push({ kind: "stop", container }, "it was not running before");
    return;
  }
  if (state.status("new", "ready") === "done") {
    push({ kind: "stop", container }, "it did not get into service");
  }
  push({ kind: "remove", container, discard: true }, "it did not get into service");
}

/** An old replica that was not healthy before need not be now. */
const oldGate = (wasServing: boolean): Gate => ({
  monitorMs: 0,
  mayComplete: false,
  health: wasServing,
});

function removeOld(state: SwapState): Action {
  return { kind: "remove", container: containerOf(state.find("old", "stop"))!, discard: false };
}

function containerOf(step: Step | undefined) {
  return step && containerIn(step.action);
}

function containerIn(action: Action) {
  return "container" in action ? action.container : undefined;
}
