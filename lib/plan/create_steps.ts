import { companions } from "./companions.ts";
import type { Creation, PlanOptions, Replica, ServiceChange, Step } from "./model.ts";
import { composeNumbers } from "./numbers.ts";
import { newReplicas, recreatedByCompose, refOf } from "./refs.ts";
import type { DoneChange, ScheduleFacts } from "./schedule.ts";

/** Creates the changes' new replicas, all in one call, and completes them. */
export function createSteps(
  id: string,
  changes: ServiceChange[],
  after: string[],
  facts: ScheduleFacts,
  options: PlanOptions,
  done: DoneChange[] = [],
): Step[] {
  const creations = creationsOf(changes, facts, options, done);
  const injected = changes.filter((x) => x.desired?.needsInjection && !recreatedByCompose(x));
  const steps: Step[] = [];
  if (creations.length > 0) {
    const growing = new Set(creations.filter((x) => x.missing > 0).map((x) => x.service));
    const causes = changes.filter((x) => growing.has(x.service)).map((change) => change.cause);
    const cause = [...new Set(causes)].join("; ") || "asked by --all-resources";
    steps.push({ id, action: { kind: "create", services: creations }, cause, after });
  }
  for (const change of injected) {
    for (const fresh of newReplicas(change)) {
      const container = refOf(fresh);
      const last = steps.at(-1);
      steps.push({
        id: `${change.service}/inject-${container.number}`,
        action: { kind: "inject", container },
        cause: "only Compose's own start would bring its configs and secrets",
        after: last ? [last.id] : after,
      });
    }
  }
  return steps;
}

/**
 * The containers to create for the changes, and the services to name beside.
 *
 * @param done Changes that were made before.
 */
export function creationsOf(
  changes: ServiceChange[],
  { actual, services }: Pick<ScheduleFacts, "actual" | "services">,
  options: Pick<PlanOptions, "allResources">,
  done: DoneChange[] = [],
): Creation[] {
  const own = Map.groupBy(actual, ({ service }) => service);
  const counts = countsOf(actual, done);
  const count = (service: string) => counts.get(service) ?? 0;
  const creations = changes.flatMap((change) => {
    const { service, desired } = change;
    const created = recreatedByCompose(change)
      ? []
      : newReplicas(change).filter((x) => x.kind === "created");
    const missing = created.length;
    // Compose makes the resources that no service uses along with any service.
    if (!desired || (missing === 0 && !options.allResources)) return [];
    const numbers = created.map(({ number }) => number);
    const given = composeNumbers(own.get(service) ?? [], missing);
    const isOwn = numbers.join() !== given.join();
    return [{ service, existing: count(service), missing, ...(isOwn ? { numbers } : {}) }];
  });
  return [...creations, ...companions(creations.map((x) => x.service), services, count)];
}

/** How many containers each service has after the changes that are `done`. */
export function countsOf(actual: Replica[], done: DoneChange[]): Map<string, number> {
  const counts = new Map(
    [...Map.groupBy(actual, ({ service }) => service)].map(([x, y]) => [x, y.length]),
  );
  for (const { change, keepsOld } of done) {
    const kept = keepsOld ? change.swaps.length + change.removals.length : 0;
    counts.set(change.service, change.keeps.length + newReplicas(change).length + kept);
  }
  return counts;
}
