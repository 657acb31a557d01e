import type { DesiredService, PlanOptions } from "./model.ts";

/** Options of a run that go before the files. */
export type Overrides = Pick<PlanOptions, "onFailure" | "order" | "updateParallelism">;

/** A service with what this run's options say in place of its update policy. */
export function override(
  service: DesiredService,
  { order, updateParallelism, onFailure }: Overrides,
): DesiredService {
  const { update, rollback } = service;
  const failureAction = onFailure ?? update.failureAction;
  return {
    ...service,
    update: {
      ...update,
      order: order ?? update.order,
      parallelism: updateParallelism ?? update.parallelism,
      failureAction,
      // To continue means to the end, unless the files set a limit.
      maxFailureRatio: onFailure === "continue" && update.maxFailureRatio === 0
        ? 1
        : update.maxFailureRatio,
    },
    rollback: { ...rollback, order: order ?? rollback.order },
  };
}
