/**
 * Plans for every small state, and for random large ones, carried out step by step in orders that
 * the plan allows. What must hold at every step and at the end is in {@linkcode prove}.
 */
import assert from "node:assert/strict";
import { fc } from "../deps/fast_check.ts";
import { isServing, isUp } from "./diff.ts";
import type { DesiredService, Order, PlanOptions, Replica } from "./model.ts";
import {
  desired,
  parseActual,
  parseDesired,
  planOptions,
  printActual,
  replica,
  withFields,
} from "./testing/notation.ts";
import { planFor } from "./testing/plan_for.ts";
import {
  type Choice,
  count,
  first,
  graphErrors,
  inSomeOrder,
  last,
  scattered,
  take,
  type World,
  worldOf,
} from "./testing/walk.ts";

/** Carries the plan out in the order that `pick` chooses, and fails if anything is not as it must. */
function prove(
  services: DesiredService[],
  actual: Replica[],
  options: PlanOptions,
  picks: Choice[],
): void {
  const plan = planFor(services, actual, options);
  assert.deepEqual(graphErrors(plan), []);
  for (const pick of picks) {
    const order = inSomeOrder(plan.steps, pick);
    assert.equal(order.length, plan.steps.length, "every step can be taken");
    const world = worldOf(actual);
    const before = services.map((service) => count(world, service.name));
    for (const { id, action } of order) {
      take(world, action, services);
      services.forEach((service, i) => assertLimits(service, before[i], world, id));
    }
    services.forEach((service) => assertGoal(service, actual, world, options));
    const { forceRecreate: _, build: __, ...again } = options;
    const second = planFor(services, [...world.values()], again);
    assert.deepEqual(second.steps.map((step) => step.id), [], "a second plan is empty");
  }
}

function assertLimits(
  service: DesiredService,
  before: { serving: number; running: number },
  world: World,
  step: string,
): void {
  const { serving, running } = count(world, service.name);
  if (service.update.order === "start-first") {
    const least = Math.min(before.serving, service.replicas);
    if (serving < least) assert.fail(`after ${step}, ${serving} serve instead of ${least}`);
  } else {
    const most = Math.max(before.running, service.replicas);
    if (running > most) assert.fail(`after ${step}, ${running} run instead of ${most}`);
  }
}

function assertGoal(
  service: DesiredService,
  actual: Replica[],
  world: World,
  options: PlanOptions,
): void {
  const own = [...world.values()].filter((replica) => replica.service === service.name);
  const hasGoal = own.length === service.replicas &&
    own.every((x) => x.revision === service.revision && isUp(x) && !x.isHidden);
  if (!hasGoal) assert.fail(`${service.name} ends as ${printActual(own)}`);
  if (options.forceRecreate || service.sharesWith.length > 0) return;
  const isGood = (replica: Replica) =>
    replica.service === service.name && replica.revision === service.revision;
  for (const [what, keepable] of [["running", isUp], ["serving", isServing]] as const) {
    const good = actual.filter((replica) => isGood(replica) && keepable(replica));
    const kept = good.filter((replica) => world.has(replica.id));
    const wanted = Math.min(good.length, service.replicas);
    assert.equal(kept.length, wanted, `up-to-date ${what} replicas are kept`);
  }
}

const kinds = ["a", "b"].flatMap((revision) =>
  ["", "!", "?", ".", ","].map((mark) => ({ revision, mark }))
);

/** All lists of up to three containers, and all bags of four. */
function everyState(): string[] {
  const name = (list: number[]) =>
    list.map((kind, i) => `X${kinds[kind].revision}${i + 1}${kinds[kind].mark}`).join(" ");
  const lists: number[][] = [[]];
  for (const list of lists) {
    if (list.length === 4) continue;
    kinds.forEach((_, kind) => {
      if (list.length < 3 || isSorted([...list, kind])) lists.push([...list, kind]);
    });
  }
  return lists.map(name);
}

const isSorted = (list: number[]) => list.every((x, i) => i === 0 || list[i - 1] <= x);

const everyOption: Partial<PlanOptions>[] = [
  {},
  { forceRecreate: true },
  { build: true },
];

Deno.test("from every small state, in every order of steps tried, the goal is reached safely", () => {
  const states = everyState();
  assert.equal(states.length, 1 + 10 + 100 + 1000 + 715);
  const wanted = ["+-", "-+"].flatMap((order) => [0, 1, 2, 3].map((n) => `Xb${n}${order}`));
  for (const state of states) {
    const actual = parseActual(state);
    for (const service of wanted) {
      const services = parseDesired(service);
      for (const options of everyOption) {
        try {
          prove(services, actual, planOptions(options), [first, last, scattered(1)]);
        } catch (error) {
          assert.fail(`${state} → ${service} ${JSON.stringify(options)}: ${error}`);
        }
      }
    }
  }
});

Deno.test("from every small state with hidden containers, all have their names in the end", () => {
  const all = ["a", "a^", "b", "b^", "b!", "b.", "b,"];
  const one = all.map((kind) => [kind]);
  const two = one.flatMap((list) => all.map((kind) => [...list, kind]));
  const three = two.flatMap((list) => all.map((kind) => [...list, kind]));
  const drains = [{ settleMs: 0, waitMs: 0 }, { settleMs: 0, dns: true, waitMs: 1 }];
  for (const list of [...one, ...two, ...three]) {
    const state = list.map(([revision, mark = ""], i) => `X${revision}${i + 1}${mark}`).join(" ");
    for (const wanted of ["Xb0+-", "Xb1+-", "Xb2+-", "Xb3-+"]) {
      for (const drain of drains) {
        const services = parseDesired(wanted).map((x) => withFields(x, { drain }));
        try {
          prove(services, parseActual(state), planOptions(), [first, scattered(1)]);
        } catch (error) {
          assert.fail(`${state} → ${wanted} ${JSON.stringify(drain)}: ${error}`);
        }
      }
    }
  }
});

Deno.test("with --no-start, what is missing is created and nothing else is touched", () => {
  for (const state of everyState()) {
    const actual = parseActual(state);
    for (const replicas of [0, 1, 2, 3]) {
      const services = [desired("X", { revision: "b", replicas })];
      const options = planOptions({ noStart: true });
      const world = worldOf(actual);
      const { steps } = planFor(services, actual, options);
      assert.ok(steps.every((step) => step.action.kind === "create"), state);
      for (const { action } of steps) take(world, action, services);
      for (const replica of actual) assert.deepEqual(world.get(replica.id), replica);
      const good = [...world.values()].filter(({ revision }) => revision === "b");
      assert.ok(good.length >= replicas, state);
      assert.deepEqual(planFor(services, [...world.values()], options).steps, []);
    }
  }
});

const status = fc.constantFrom(
  { status: "running", health: "healthy" },
  { status: "running", health: "unhealthy" },
  { status: "running", health: "starting" },
  { status: "running" },
  { status: "restarting" },
  { status: "paused" },
  { status: "exited" },
  { status: "created" },
  { status: "dead" },
) as fc.Arbitrary<{ status: Replica["status"]; health?: Replica["health"] }>;

const containers = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), status), { maxLength: 30 });

/** A service with its containers; it may depend on, and share with, services of smaller names. */
const oneService = fc.record({
  replicas: fc.nat(20),
  order: fc.constantFrom<Order>("start-first", "stop-first"),
  needsInjection: fc.boolean(),
  dependsOn: fc.array(fc.nat(4), { maxLength: 2 }),
  shares: fc.nat(5).map((n) => n === 0),
  containers,
});

const project = fc.array(oneService, { minLength: 1, maxLength: 5 }).map((list) => {
  const services = list.map(({ containers: _, shares, dependsOn, ...fields }, i) => {
    const before = [...new Set(dependsOn.filter((n) => n < i))].map((n) => `S${n}`);
    const sharesWith = shares && before.length > 0 && list[Number(before[0][1])].replicas > 0
      ? before.slice(0, 1)
      : [];
    return desired(`S${i}`, { ...fields, revision: "b", dependsOn: before, sharesWith });
  });
  const actual = list.flatMap(({ containers }, i) =>
    containers.map(([revision, state], n) => replica(`S${i}`, revision, n + 1, state))
  );
  return { services, actual };
});

Deno.test("from random states of several services, too, the goal is reached safely", () => {
  fc.assert(
    fc.property(project, fc.nat(), ({ services, actual }, seed) => {
      prove(services, actual, planOptions(), [first, last, scattered(seed)]);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a service is changed when all that it depends on is done", () => {
  fc.assert(fc.property(project, fc.nat(), ({ services, actual }, seed) => {
    const { steps } = planFor(services, actual, planOptions());
    const at = new Map<string, { from: number; to: number }>();
    inSomeOrder(steps, scattered(seed)).forEach(({ action }, i) => {
      if (!("container" in action) || action.kind === "inject") return;
      const span = at.get(action.container.service) ?? { from: i, to: i };
      at.set(action.container.service, { ...span, to: i });
    });
    for (const { name, dependsOn } of services) {
      const own = at.get(name);
      for (const dependency of dependsOn) {
        const other = at.get(dependency);
        if (own && other) assert.ok(other.to < own.from, `${dependency} before ${name}`);
      }
    }
  }));
});
