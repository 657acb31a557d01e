import type { DesiredService, PlanOptions, UpdatePolicy } from "./model.ts";

/** Options of a run that go before the files. */
export type Overrides = Pick<PlanOptions, "onFailure" | "order" | "updateParallelism">;

/** A service with what this run's options say in place of its update policy. */
export function override(
  service: DesiredService,
  { order, updateParallelism, onFailure }: Overrides,
): DesiredService {
  const { update, rollback } = service;
  return {
    ...service,
    update: {
      ...update,
      order: order ?? update.order,
      parallelism: updateParallelism ?? update.parallelism,
      failureAction: onFailure ?? update.failureAction,
      maxFailureRatio: maxFailureRatio(update, onFailure),
    },
    rollback: { ...rollback, order: order ?? rollback.order },
  };
}

/** To continue means to the end, and not to continue means at once, unless the files set a limit. */
function maxFailureRatio(
  { failureAction, maxFailureRatio }: UpdatePolicy,
  onFailure: PlanOptions["onFailure"] = failureAction,
): number {
  if (onFailure === "continue" && maxFailureRatio === 0) return 1;
  if (onFailure !== "continue" && failureAction === "continue" && maxFailureRatio === 1) return 0;
  return maxFailureRatio;
}
