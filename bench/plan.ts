/**
 * How long planning takes, and nothing else: 10,000 containers, all outdated.
 *
 *     deno run bench/plan.ts
 */
import { consider } from "../lib/plan/consider.ts";
import { diff } from "../lib/plan/diff.ts";
import type { DesiredService, Order, Plan, Replica } from "../lib/plan/model.ts";
import { schedule } from "../lib/plan/schedule.ts";
import { desired, planOptions, replica } from "../lib/plan/testing/notation.ts";

const rounds = 21;
const limitMs = 100;
const options = planOptions({ wait: true });

function plan(services: DesiredService[], actual: Replica[]): Plan {
  const changes = diff(consider(services, options), actual, options);
  const missingImages = new Set<string>();
  const facts = { project: "bench", missingImages, services, actual, warnings: [] };
  return schedule(changes, facts, options);
}

function timesOf(run: () => void): { leastMs: number; medianMs: number } {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { leastMs: times[0], medianMs: times[Math.floor(rounds / 2)] };
}

/** All outdated; each service depends on the two before it. */
function project(services: number, replicas: number, order: Order) {
  const names = Array.from({ length: services }, (_, i) => `service-${i}`);
  const wanted = names.map((name, i) => {
    const dependsOn = names.slice(Math.max(0, i - 2), i);
    return desired(name, { revision: "b", replicas, order, dependsOn });
  });
  const actual = names.flatMap((name) =>
    Array.from({ length: replicas }, (_, i) => replica(name, "a", i + 1))
  );
  return { wanted, actual };
}

let isFast = true;
for (const [services, replicas] of [[100, 100], [10, 1_000], [1_000, 10]]) {
  for (const order of ["start-first", "stop-first"] as const) {
    const { wanted, actual } = project(services, replicas, order);
    const { steps } = plan(wanted, actual);
    const { leastMs, medianMs } = timesOf(() => plan(wanted, actual));
    isFast &&= leastMs < limitMs; // Other programs can make it slower, but not faster.
    console.log(
      `${services} services × ${replicas} replicas, ${order}: ${steps.length} steps in ` +
        `${medianMs.toFixed(1)} ms (median of ${rounds}; least ${leastMs.toFixed(1)})`,
    );
  }
}
if (!isFast) {
  console.log(`Planning should take less than ${limitMs} ms.`);
  Deno.exit(1);
}
