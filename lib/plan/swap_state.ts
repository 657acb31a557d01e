import type { Action, ContainerRef, Plan, Step, SwapRole } from "./model.ts";

/** How far a step came; a step that was never begun has no status. */
export type StepStatus = "done" | "failed" | "aborted";

/** How far each step came, by its id. */
export type Statuses = ReadonlyMap<string, StepStatus>;

/** Makes a step of a recovery, after those that it made before for the same swap. */
export type Push = (action: Action, cause: string) => void;

/** All replacements, additions and removals of a plan, as far as they came. */
export function swapStates(plan: Plan, statuses: Statuses): SwapState[] {
  const created = createdServices(plan, statuses);
  const swaps = Map.groupBy(
    plan.steps.filter((step) => step.swap !== undefined && step.swap.role !== "after"),
    (step) => step.swap!.swap,
  );
  return [...swaps].map(([id, steps]) => new SwapState(id, steps, statuses, created));
}

function createdServices(plan: Plan, statuses: Statuses): Set<string> {
  return new Set(
    plan.steps.flatMap(({ id, action }) =>
      action.kind === "create" && statuses.get(id) === "done"
        ? action.services.filter(({ missing }) => missing > 0).map(({ service }) => service)
        : []
    ),
  );
}

/** Whether it tells a container, or others, that it leaves, which only a restart takes back. */
const tells = ({ kind }: Action): boolean => kind === "exec" || kind === "hook";

/** Whether it tries out a new container that runs. */
const isTrial = (action: Action): boolean =>
  action.kind === "ready" || action.kind === "gate" || action.kind === "exec" ||
  (action.kind === "hook" && action.moment === "healthGate");

/** One swap's steps, by what they do, and how far each came. */
export class SwapState {
  readonly service: string;

  constructor(
    readonly id: string,
    private readonly steps: Step[],
    private readonly statuses: Statuses,
    private readonly created: Set<string>,
  ) {
    this.service = id.slice(0, id.indexOf("/"));
  }

  find(role: SwapRole["role"], kind: Action["kind"]): Step | undefined {
    return this.steps.find((step) => step.swap!.role === role && step.action.kind === kind);
  }

  status(role: SwapRole["role"], kind: Action["kind"]): StepStatus | undefined {
    const step = this.find(role, kind);
    return step && this.statuses.get(step.id);
  }

  container(role: SwapRole["role"]): ContainerRef | undefined {
    const step = this.find(role, role === "new" ? "start" : "stop");
    return step && "container" in step.action ? step.action.container : undefined;
  }

  /** What the container did when the plan was made. */
  before(role: SwapRole["role"]): SwapRole["before"] | undefined {
    return this.steps.find((step) => step.swap!.role === role)?.swap?.before;
  }

  get isComplete(): boolean {
    return this.steps.every((step) => this.statuses.get(step.id) === "done");
  }

  get isBegun(): boolean {
    return this.steps.some((step) => this.statuses.has(step.id));
  }

  get hasFailed(): boolean {
    return this.steps.some((step) => this.statuses.get(step.id) === "failed");
  }

  /** Whether the new container was tried, and found not to be good. */
  get isFoundBad(): boolean {
    return this.steps.some(({ id, action, swap }) =>
      swap!.role === "new" && isTrial(action) && this.statuses.get(id) === "failed"
    );
  }

  /** Whether nothing lacks that was to come. */
  get lacksNothing(): boolean {
    return this.hasPassed || !this.hasNew;
  }

  /** Whether the old container is out of service for good, by the plan or by a recovery. */
  get isFinished(): boolean {
    return this.isComplete || (this.isOldDown && this.lacksNothing);
  }

  /** Whether the old container, if there is one, is stopped. */
  get isOldDown(): boolean {
    if (!this.hasOld) return true;
    const recovery = (kind: Action["kind"]) => this.statuses.get(this.recoveryId(kind, "old"));
    if (recovery("start") !== undefined) return false;
    return this.status("old", "stop") === "done" || recovery("stop") === "done";
  }

  get hasNew(): boolean {
    return this.container("new") !== undefined;
  }

  get hasOld(): boolean {
    return this.container("old") !== undefined;
  }

  /** Whether the new container has come through all that it must before it may take over. */
  get hasPassed(): boolean {
    const own = this.steps.filter((step) => step.swap!.role === "new");
    return own.length > 0 && own.every((step) => this.statuses.get(step.id) === "done");
  }

  /** Whether the old container was told to leave, or taken out of its names, and not stopped yet. */
  get isLeaving(): boolean {
    return this.isToldToLeave ||
      (this.status("old", "stop") === undefined && this.hiding("old") !== undefined);
  }

  /**
   * Whether the old container was told to leave, and is not known to be stopped. It was by a stop
   * that failed, too: the call may have been cut off on its way back, and then it ends in a moment.
   */
  get isToldToLeave(): boolean {
    const stop = this.status("old", "stop");
    if (stop !== undefined) return stop !== "done";
    return this.steps.some((step) =>
      step.swap!.role === "old" && tells(step.action) && this.statuses.has(step.id)
    );
  }

  /** What has taken a container out of its names, perhaps not in full. */
  hiding(role: SwapRole["role"]): Extract<Action, { kind: "hide" }> | undefined {
    const step = this.find(role, "hide");
    return step?.action.kind === "hide" && this.statuses.has(step.id) ? step.action : undefined;
  }

  /** Whether the new container is there: created by this run, or before it. */
  get newExists(): boolean {
    const container = this.container("new");
    return container !== undefined &&
      (container.kind === "known" || this.created.has(container.service));
  }

  /** Collects steps in `steps`, each after the one before it, the first after `after`. */
  collect(steps: Step[], after: string[] = []): Push {
    let last = after;
    return (action, cause) => {
      const role = "container" in action ? this.roleOf(action.container) : "new";
      const name = this.recoveryId(action.kind, role);
      const count = steps.filter((step) => step.action.kind === action.kind).length;
      const id = steps.some((step) => step.id === name) ? `${name}-${count + 1}` : name;
      const swap: SwapRole = { swap: this.id, role, before: this.before(role) ?? "new" };
      // Whether or not a useless container can be removed, the old one is to serve again.
      const mayFail = action.kind === "remove" && action.discard;
      steps.push({ id, action, cause, after: last, mayFail, swap });
      last = [id];
    };
  }

  private recoveryId(kind: Action["kind"], role: SwapRole["role"]): string {
    return `${this.id}/recover-${kind}-${role}`;
  }

  private roleOf(container: ContainerRef): SwapRole["role"] {
    return container === this.container("old") ? "old" : "new";
  }
}
