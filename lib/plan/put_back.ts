import type { Creation, Plan, Step } from "./model.ts";
import type { RecoverOptions } from "./recovery.ts";
import { restore } from "./restore.ts";
import { type Statuses, type SwapState, swapStates } from "./swap_state.ts";

/** Replaces a failed swap's steps by those that put it back. Its old container stays: nothing sweeps it. */
export function putBack(plan: Plan, state: SwapState, options: RecoverOptions): Plan {
  const recovery = { steps: [] as Step[], losses: [], undone: [] };
  const change = plan.changes.find(({ service }) => service === state.service);
  restore(state, recovery, options, change?.desired);
  const isOwn = ({ swap }: Step) => swap?.swap === state.id;
  const sweeps = plan.steps.filter((step) => isOwn(step) && step.isSweep);
  const own = new Set(plan.steps.filter((x) => isOwn(x) && !x.isSweep).map(({ id }) => id));
  const outer = plan.steps.filter((step) => own.has(step.id))
    .flatMap((step) => step.after).filter((id) => !own.has(id));
  const instead = recovery.steps.length > 0 ? [recovery.steps.at(-1)!.id] : outer;
  const rest = withoutSteps(
    plan.steps,
    new Map([
      ...[...own].map((id) => [id, instead] as const),
      ...sweeps.map(({ id, after }) => [id, after] as const),
    ]),
  );
  const at = rest.findIndex((step) => step.after.some((id) => instead.includes(id)));
  const steps = recovery.steps.map((step) => ({ ...step, swap: undefined, recovers: state.id }));
  const whole = rest.toSpliced(at < 0 ? rest.length : at, 0, ...steps);
  const delta = recount(state, sweeps.length > 0, options);
  return { ...plan, steps: whole.map((step) => withCount(step, state.service, delta)) };
}

/** Where an old container does not serve and nothing has come for it, another that serves stays. */
export function spareOne(plan: Plan, failed: SwapState, statuses: Statuses): Plan {
  const { service } = failed;
  if (!failed.hasOld || failed.before("old") === "serving") return plan;
  const spared = swapStates(plan, statuses).findLast((state) =>
    state.service === service && !state.hasNew && !state.isBegun &&
    state.before("old") === "serving"
  );
  if (!spared) return plan;
  const own = plan.steps.filter(({ swap }) => swap?.swap === spared.id);
  const steps = withoutSteps(plan.steps, new Map(own.map(({ id, after }) => [id, after])));
  const delta = own.some(({ isSweep }) => isSweep) ? 0 : 1;
  return { ...plan, steps: steps.map((step) => withCount(step, service, delta)) };
}

/** The steps without some, each of which those that came after it now come after others instead. */
function withoutSteps(steps: Step[], gone: Map<string, string[]>): Step[] {
  const left = (id: string, seen: string[] = []): string[] => {
    const instead = gone.get(id);
    if (!instead) return [id];
    return seen.includes(id) ? [] : instead.flatMap((other) => left(other, [...seen, id]));
  };
  return steps.filter(({ id }) => !gone.has(id)).map((step) =>
    step.after.some((id) => gone.has(id))
      ? { ...step, after: [...new Set(step.after.flatMap((id) => left(id)))] }
      : step
  );
}

/** How many containers of the service there are more than planned, now that a swap has failed. */
function recount(state: SwapState, isKept: boolean, { noRollback }: RecoverOptions): number {
  const planned = 1 + (state.hasOld && isKept ? 1 : 0);
  const isLeft = state.before("new") !== "new" ||
    (noRollback && state.status("new", "start") !== undefined);
  return (state.hasOld ? 1 : 0) + (isLeft ? 1 : 0) - planned;
}

/** A creation that is yet to come, with so many more containers there. */
function withCount(step: Step, service: string, delta: number): Step {
  const recounted = (all: Creation[]) =>
    all.map((one) => one.service === service ? { ...one, existing: one.existing + delta } : one);
  const { action } = step;
  if (delta === 0) return step;
  if (action.kind === "create") {
    return { ...step, action: { ...action, services: recounted(action.services) } };
  }
  if (action.kind === "recreate") {
    return { ...step, action: { ...action, beside: recounted(action.beside) } };
  }
  return step;
}
