import type { Plan, ServiceChange } from "./model.ts";
import type { Statuses } from "./swap_state.ts";
import { swapStates } from "./swap_state.ts";

/** What became of a service in a deploy. */
export interface ServiceOutcome {
  /** Name of the service. */
  service: string;
  /** `partly`: some replicas are new, the others as before; `unclear`: somebody must look at it. */
  kind:
    | "unchanged"
    | "updated"
    | "partly"
    | "as-before"
    | "rolled-back"
    | "not-reached"
    | "unclear";
  /** Replacements, additions and removals that are done. */
  done: number;
  /** How many there were to be. */
  total: number;
}

/** What came of putting things back. */
export interface WayBack {
  /** Swaps that were done and taken back, by id. */
  undone: ReadonlySet<string>;
  /** Services of which something could not be put back. */
  unclear: ReadonlySet<string>;
}

/**
 * What became of each service.
 *
 * @param plan The plan as it was in the beginning.
 */
export function summarize(
  plan: Plan,
  statuses: Statuses,
  { undone, unclear }: WayBack,
): ServiceOutcome[] {
  const states = swapStates(plan, statuses);
  return plan.changes.map((change) => {
    const own = states.filter((state) => state.service === change.service);
    const finished = own.filter((state) => !undone.has(state.id) && state.isFinished);
    const counts = { service: change.service, done: finished.length, total: own.length };
    const isUndone = own.some((state) => undone.has(state.id));
    const recreation = recreationSteps(plan, change.service);
    if (recreation.length > 0) return summarizeRecreation(change.service, recreation, statuses);
    const isBegun = own.some((state) => state.isBegun);
    const isRestored = !unclear.has(change.service);
    const kind = kindOf(change, { ...counts, isUndone, isBegun, isRestored });
    return { ...counts, kind };
  });
}

/** The steps of a service that Compose itself recreates. */
function recreationSteps(plan: Plan, service: string): string[] {
  const first = plan.steps.find(({ action }) =>
    action.kind === "recreate" && action.service === service
  );
  if (!first) return [];
  const later = plan.steps.filter((step) => step.after.includes(first.id));
  return [first.id, ...later.map((step) => step.id)];
}

function summarizeRecreation(service: string, ids: string[], statuses: Statuses): ServiceOutcome {
  const isDone = ids.every((id) => statuses.get(id) === "done");
  const kind = isDone ? "updated" : statuses.has(ids[0]) ? "unclear" : "not-reached";
  return { service, kind, done: isDone ? 1 : 0, total: 1 };
}

function kindOf(
  change: ServiceChange,
  { done, total, isUndone, isBegun, isRestored }: {
    done: number;
    total: number;
    isUndone: boolean;
    isBegun: boolean;
    isRestored: boolean;
  },
): ServiceOutcome["kind"] {
  if (change.cause === "") return "unchanged";
  if (isUndone) return !isRestored ? "unclear" : done > 0 ? "partly" : "rolled-back";
  if (total > 0 && done === total) return "updated";
  if (!isRestored) return "unclear";
  if (!isBegun) return "not-reached";
  return done > 0 ? "partly" : "as-before";
}
