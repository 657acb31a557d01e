import assert from "node:assert/strict";
import { fc } from "../deps/fast_check.ts";
import { isServing, isUp } from "./diff.ts";
import type { DesiredService, Drain, Plan, Replica, Step } from "./model.ts";
import { recover } from "./recover.ts";
import type { StepStatus } from "./swap_state.ts";
import {
  type Fields,
  parseActual,
  parseDesired,
  printActual,
  withFields,
} from "./testing/notation.ts";
import { planFor } from "./testing/plan_for.ts";
import { printAction } from "./testing/print_steps.ts";
import {
  type Choice,
  count,
  type Inhabitant,
  inSomeOrder,
  refId,
  scattered,
  take,
  type World,
  worldOf,
} from "./testing/walk.ts";

/** A point where a plan ends early: some steps are done, and one may have failed. */
interface End {
  done: Step[];
  failed?: Step;
}

/** All ends of a plan whose steps are taken in the listed order. */
function everyEnd({ steps }: Plan): End[] {
  const failures = steps.map((failed, i) => ({ done: steps.slice(0, i), failed }));
  const boundaries = steps.map((_, i) => ({ done: steps.slice(0, i) }));
  return [...boundaries, ...failures];
}

function statusesOf({ done, failed }: End): Map<string, StepStatus> {
  const statuses = new Map<string, StepStatus>(done.map((step) => [step.id, "done"]));
  if (failed) statuses.set(failed.id, "failed");
  return statuses;
}

/** How the plan ended, what is done about it, what is there then, and what is lost. */
type Case = [end: string, recovery: string, containers: string, losses?: string[]];

const nameOf = ({ done, failed }: End) =>
  failed ? `${failed.id} fails` : `after ${done.at(-1)?.id ?? "nothing"}`;

function check(actual: string, wanted: string, expected: Case[], fields: Fields = {}) {
  const services = parseDesired(wanted).map((service) => withFields(service, fields));
  const replicas = parseActual(actual);
  const plan = planFor(services, replicas);
  const cases = everyEnd(plan).map((end): Case => {
    const { steps, losses } = recover(plan, statusesOf(end));
    const world = worldOf(replicas);
    for (const { action } of [...end.done, ...steps]) take(world, action, services);
    const actions = steps.map((step) => printAction(step.action)).join(", ");
    const containers = printActual([...world.values()]);
    const shown = [nameOf(end), actions, containers] as const;
    return losses.length > 0 ? [...shown, losses.map(({ text }) => text)] : [...shown];
  });
  assert.deepEqual(cases, expected);
}

Deno.test("what is rolled back leaves like what is replaced", () => {
  const fields = {
    update: { failureAction: "rollback" as const },
    preStop: [{ command: ["a"] }, { command: ["b"] }],
    drain: { settleMs: 10, mark: ["c"], waitMs: 20 },
  };
  const cases = [
    [
      "Xb2+-",
      "discard X-4, start X-1, ready X-1, settle 10 ms, pre_stop in X-3, pre_stop in X-3, " +
      "mark in X-3, drain 20 ms, stop X-3, discard X-3",
    ],
    [
      "Xb2-+",
      "discard X-4, start X-2, ready X-2, pre_stop in X-3, pre_stop in X-3, mark in X-3, " +
      "drain 20 ms, stop X-3, start X-1, ready X-1, discard X-3",
    ],
  ];
  for (const [wanted, expected] of cases) {
    const services = parseDesired(wanted).map((service) =>
      withFields(service, {
        ...fields,
        rollback: { ...service.rollback, order: service.update.order },
      })
    );
    const plan = planFor(services, parseActual("Xa1 Xa2"));
    const end = everyEnd(plan).find(({ failed }) => failed?.id === "X/swap-2/start")!;
    const { steps } = recover(plan, statusesOf(end));
    assert.equal(steps.map(({ action }) => printAction(action)).join(", "), expected);
    assert.equal(new Set(steps.map(({ id }) => id)).size, steps.length);
  }
});

Deno.test("start-first: whoever serves goes on serving, and what was created ahead goes", () => {
  check("Xa1 Xa2", "Xb2+-", [
    ["after nothing", "", "Xa1 Xa2"],
    ["after create", "discard X-3, discard X-4", "Xa1 Xa2"],
    ["after X/swap-1/start", "discard X-3, discard X-4", "Xa1 Xa2"],
    ["after X/swap-1/ready", "stop X-3, discard X-3, discard X-4", "Xa1 Xa2"],
    ["after X/swap-1/stop", "remove X-1, discard X-4", "Xa2 Xb3"],
    ["after X/swap-1/remove", "discard X-4", "Xa2 Xb3"],
    ["after X/swap-2/start", "discard X-4", "Xa2 Xb3"],
    ["after X/swap-2/ready", "stop X-4, discard X-4", "Xa2 Xb3"],
    ["after X/swap-2/stop", "remove X-2", "Xb3 Xb4"],
    ["create fails", "", "Xa1 Xa2"],
    ["X/swap-1/start fails", "discard X-3, discard X-4", "Xa1 Xa2"],
    ["X/swap-1/ready fails", "discard X-3, discard X-4", "Xa1 Xa2"],
    ["X/swap-1/stop fails", "stop X-1, remove X-1, discard X-4", "Xa2 Xb3"],
    ["X/swap-1/remove fails", "remove X-1, discard X-4", "Xa2 Xb3"],
    ["X/swap-2/start fails", "discard X-4", "Xa2 Xb3"],
    ["X/swap-2/ready fails", "discard X-4", "Xa2 Xb3"],
    ["X/swap-2/stop fails", "stop X-2, remove X-2", "Xb3 Xb4"],
    ["X/swap-2/remove fails", "remove X-2", "Xb3 Xb4"],
  ]);
});

Deno.test("stop-first: what was stopped serves again, unless its replacement does already", () => {
  check("Xa1 Xa2", "Xb2-+", [
    ["after nothing", "", "Xa1 Xa2"],
    ["after create", "discard X-3, discard X-4", "Xa1 Xa2"],
    ["after X/swap-1/stop", "discard X-3, start X-1, ready X-1, discard X-4", "Xa1 Xa2"],
    ["after X/swap-1/start", "discard X-3, start X-1, ready X-1, discard X-4", "Xa1 Xa2"],
    ["after X/swap-1/ready", "remove X-1, discard X-4", "Xa2 Xb3"],
    ["after X/swap-1/remove", "discard X-4", "Xa2 Xb3"],
    ["after X/swap-2/stop", "discard X-4, start X-2, ready X-2", "Xa2 Xb3"],
    ["after X/swap-2/start", "discard X-4, start X-2, ready X-2", "Xa2 Xb3"],
    ["after X/swap-2/ready", "remove X-2", "Xb3 Xb4"],
    ["create fails", "", "Xa1 Xa2"],
    ["X/swap-1/stop fails", "discard X-3, stop X-1, start X-1, ready X-1, discard X-4", "Xa1 Xa2"],
    ["X/swap-1/start fails", "discard X-3, start X-1, ready X-1, discard X-4", "Xa1 Xa2"],
    ["X/swap-1/ready fails", "discard X-3, start X-1, ready X-1, discard X-4", "Xa1 Xa2"],
    ["X/swap-1/remove fails", "remove X-1, discard X-4", "Xa2 Xb3"],
    ["X/swap-2/stop fails", "discard X-4, stop X-2, start X-2, ready X-2", "Xa2 Xb3"],
    ["X/swap-2/start fails", "discard X-4, start X-2, ready X-2", "Xa2 Xb3"],
    ["X/swap-2/ready fails", "discard X-4, start X-2, ready X-2", "Xa2 Xb3"],
    ["X/swap-2/remove fails", "remove X-2", "Xb3 Xb4"],
  ]);
});

const dns = { settleMs: 0, dns: true, waitMs: 20 };

Deno.test("names that were taken are given back, without a restart if there need not be one", () => {
  check("Xa1", "Xb1+-", [
    ["after nothing", "", "Xa1"],
    ["after create", "discard X-2", "Xa1"],
    ["after X/swap-1/hide", "discard X-2", "Xa1"],
    ["after X/swap-1/start", "discard X-2", "Xa1"],
    ["after X/swap-1/ready", "discard X-2", "Xa1"],
    ["after X/swap-1/reveal", "stop X-2, discard X-2", "Xa1"],
    ["after X/swap-1/hide-old", "stop X-1, remove X-1", "Xb2"],
    ["after X/swap-1/drain", "stop X-1, remove X-1", "Xb2"],
    ["after X/swap-1/stop", "remove X-1", "Xb2"],
    ["create fails", "", "Xa1"],
    ["X/swap-1/hide fails", "discard X-2", "Xa1"],
    ["X/swap-1/start fails", "discard X-2", "Xa1"],
    ["X/swap-1/ready fails", "discard X-2", "Xa1"],
    ["X/swap-1/reveal fails", "discard X-2", "Xa1"],
    ["X/swap-1/hide-old fails", "stop X-1, remove X-1", "Xb2"],
    ["X/swap-1/drain fails", "stop X-1, remove X-1", "Xb2"],
    ["X/swap-1/stop fails", "stop X-1, remove X-1", "Xb2"],
    ["X/swap-1/remove fails", "remove X-1", "Xb2"],
  ], { drain: dns });
  const back = "discard X-2, reveal X-1, start X-1, ready X-1";
  check("Xa1", "Xb1-+", [
    ["after nothing", "", "Xa1"],
    ["after create", "discard X-2", "Xa1"],
    ["after X/swap-1/hide-old", "discard X-2, reveal X-1", "Xa1"],
    ["after X/swap-1/drain", "discard X-2, reveal X-1", "Xa1"],
    ["after X/swap-1/stop", back, "Xa1"],
    ["after X/swap-1/hide", back, "Xa1"],
    ["after X/swap-1/start", back, "Xa1"],
    ["after X/swap-1/ready", back, "Xa1"],
    ["after X/swap-1/reveal", "remove X-1", "Xb2"],
    ["create fails", "", "Xa1"],
    ["X/swap-1/hide-old fails", "discard X-2, reveal X-1", "Xa1"],
    ["X/swap-1/drain fails", "discard X-2, reveal X-1", "Xa1"],
    ["X/swap-1/stop fails", "discard X-2, stop X-1, reveal X-1, start X-1, ready X-1", "Xa1"],
    ["X/swap-1/hide fails", back, "Xa1"],
    ["X/swap-1/start fails", back, "Xa1"],
    ["X/swap-1/ready fails", back, "Xa1"],
    ["X/swap-1/reveal fails", back, "Xa1"],
    ["X/swap-1/remove fails", "remove X-1", "Xb2"],
  ], { drain: dns });
});

Deno.test("an old replica that was told to leave gets its names back with the restart", () => {
  const [service] = parseDesired("Xb2+-");
  const services = [withFields(service, {
    ...{ drain: { ...dns, mark: ["m"] }, postStart: [{ command: ["warm-up"] }] },
    update: { failureAction: "rollback" },
  })];
  const plan = planFor(services, parseActual("Xa1 Xa2"));
  const at = (id: string) => everyEnd(plan).find(({ failed }) => failed?.id === id)!;
  const ways = (id: string) =>
    recover(plan, statusesOf(at(id))).steps.map(({ action }) => printAction(action)).join(", ");
  const back = "start X-1, post_start in X-1, ready X-1, reveal X-1";
  const farewell = "mark in X-3, hide X-3, drain 20 ms, stop X-3, discard X-3";
  assert.equal(ways("X/swap-1/stop"), `discard X-4, stop X-1, ${back}, ${farewell}`);
  assert.equal(ways("X/swap-2/ready"), `discard X-4, ${back}, ${farewell}`);
});

Deno.test("additions that are not ready go", () => {
  check("Xa1", "Xa3+-", [
    ["after nothing", "", "Xa1"],
    ["after create", "discard X-2, discard X-3", "Xa1"],
    ["after X/add-2/start", "discard X-2, discard X-3", "Xa1"],
    ["after X/add-2/ready", "discard X-3", "Xa1 Xa2"],
    ["after X/add-3/start", "discard X-3", "Xa1 Xa2"],
    ["create fails", "", "Xa1"],
    ["X/add-2/start fails", "discard X-2, discard X-3", "Xa1"],
    ["X/add-2/ready fails", "discard X-2, discard X-3", "Xa1"],
    ["X/add-3/start fails", "discard X-3", "Xa1 Xa2"],
    ["X/add-3/ready fails", "discard X-3", "Xa1 Xa2"],
  ]);
});

Deno.test("removals that were begun are finished", () => {
  check("Xa1 Xa2 Xa3", "Xa1+-", [
    ["after nothing", "", "Xa1 Xa2 Xa3"],
    ["after X/remove-2/stop", "remove X-2", "Xa1 Xa3"],
    ["after X/remove-2/remove", "", "Xa1 Xa3"],
    ["after X/remove-3/stop", "remove X-3", "Xa1"],
    ["X/remove-2/stop fails", "stop X-2, remove X-2", "Xa1 Xa3"],
    ["X/remove-2/remove fails", "remove X-2", "Xa1 Xa3"],
    ["X/remove-3/stop fails", "stop X-3, remove X-3", "Xa1"],
    ["X/remove-3/remove fails", "remove X-3", "Xa1"],
  ]);
});

Deno.test("a replica that was there before stays, as it was", () => {
  check("Xb1. Xa2", "Xb1-+", [
    ["after nothing", "", "Xb1. Xa2"],
    ["after X/swap-1/stop", "start X-2, ready X-2", "Xb1. Xa2"],
    ["after X/swap-1/start", "stop X-1, start X-2, ready X-2", "Xb1. Xa2"],
    ["after X/swap-1/ready", "remove X-2", "Xb1"],
    ["X/swap-1/stop fails", "stop X-2, start X-2, ready X-2", "Xb1. Xa2"],
    ["X/swap-1/start fails", "stop X-1, start X-2, ready X-2", "Xb1. Xa2"],
    ["X/swap-1/ready fails", "stop X-1, start X-2, ready X-2", "Xb1. Xa2"],
    ["X/swap-1/remove fails", "remove X-2", "Xb1"],
  ]);
});

Deno.test("what Compose replaces itself is lost, unless the new one is seen to be ready", () => {
  const services = parseDesired("Xb1-+").map((x) => ({ ...x, containerName: "x" }));
  const plan = planFor(services, parseActual("Xa1"));
  const loss = "X was being replaced by Compose, which had removed the old container";
  const cases: [statuses: Record<string, StepStatus>, losses: string[]][] = [
    [{}, []],
    [{ "X/recreate": "failed" }, [loss]],
    [{ "X/recreate": "done" }, [loss]],
    [{ "X/recreate": "done", "X/verify": "failed" }, [loss]],
    [{ "X/recreate": "done", "X/verify": "aborted" }, [loss]],
    [{ "X/recreate": "done", "X/verify": "done" }, []],
  ];
  for (const [statuses, losses] of cases) {
    const recovery = recover(plan, new Map(Object.entries(statuses)));
    const told = losses.map((text) => ({ service: "X", text }));
    assert.deepEqual(recovery, { steps: [], losses: told, undone: [] }, JSON.stringify(statuses));
  }
});

Deno.test("an old replica is back as its policy says; one that did not serve only has to run", () => {
  const rollback = { order: "stop-first", parallelism: 1, delayMs: 0 } as const;
  const policy = { ...rollback, monitorMs: 3000, steadyMs: 2000 };
  const gates = (actual: string) => {
    const services = parseDesired("Xb1-+").map((x) => withFields(x, { rollback: policy }));
    const plan = planFor(services, parseActual(actual));
    const { steps } = recover(
      plan,
      new Map([["create", "done"], ["X/swap-1/stop", "done"], ["X/swap-1/start", "failed"]]),
    );
    return steps.flatMap(({ action }) => action.kind === "ready" ? [action.gate] : []);
  };
  const serving = { monitorMs: 3000, steadyMs: 2000, mayComplete: false, health: true };
  assert.deepEqual(gates("Xa1"), [serving]);
  assert.deepEqual(gates("Xa1!"), [{ ...serving, monitorMs: 0, steadyMs: 0, health: false }]);
  assert.deepEqual(gates("Xa1."), []);
});

Deno.test("every step of the way back says why and waits for the one before it", () => {
  const plan = planFor(parseDesired("Xb1-+"), parseActual("Xa1"));
  const { steps } = recover(
    plan,
    new Map([["create", "done"], ["X/swap-1/stop", "done"], ["X/swap-1/start", "aborted"]]),
  );
  assert.deepEqual(steps.map(({ id, cause, after }) => [id, cause, ...after]), [
    ["X/swap-1/recover-remove-new", "it did not get into service"],
    [
      "X/swap-1/recover-start-old",
      "its replacement was not finished",
      "X/swap-1/recover-remove-new",
    ],
    [
      "X/swap-1/recover-ready-old",
      "its replacement was not finished",
      "X/swap-1/recover-start-old",
    ],
  ]);
});

/** What a failing step may have done nevertheless, as far as it matters. */
function failures(step: Step): ((world: World) => void)[] {
  const { action } = step;
  if (!("container" in action)) return [() => {}];
  const set = (state: Partial<Inhabitant>) => (world: World) => {
    Object.assign(world.get(refId(action.container))!, state);
  };
  switch (action.kind) {
    case "start":
      return [() => {}, (world) => {
        if (!isUp(world.get(refId(action.container))!)) set({ status: "exited" })(world);
      }];
    case "ready":
      return [set({ health: "unhealthy" }), set({ status: "exited", health: undefined })];
    case "stop":
      return [
        () => {},
        set({ status: "exited", health: undefined }),
        (world) => {
          if (isUp(world.get(refId(action.container))!)) set({ isEnding: true })(world);
        },
      ];
    case "hide":
    case "reveal":
      return [() => {}, set({ isHidden: true })];
    default:
      return [() => {}];
  }
}

/** Lets the plan end at `end`, recovers, and fails if that leaves anything as it must not. */
function prove(
  plan: Plan,
  end: End,
  world: World,
  services: DesiredService[],
  before: Replica[],
  choice: Choice,
): void {
  const old = worldOf(before);
  // One that served, and is found not to be ready any more, serves no more whatever is done.
  const { failed } = end;
  if (failed?.action.kind === "ready") {
    const sick = old.get(refId(failed.action.container));
    if (sick) Object.assign(sick, world.get(sick.id));
  }
  const { steps, losses } = recover(plan, statusesOf(end));
  for (const { action, id } of inSomeOrder(steps, choice)) {
    take(world, action, services);
    services.forEach((service) => assertServing(service, old, world, id));
  }
  const strays = [...world.values()].filter((replica) =>
    !old.has(replica.id) && !isServing(replica)
  );
  assert.deepEqual(strays, [], "what is new and not ready is gone");
  if (losses.length > 0) return;
  for (const { name, update: { order }, replicas } of services) {
    const [was, is] = [count(old, name), count(world, name)];
    assert.ok(is.serving >= Math.min(was.serving, replicas), "as many serve as before");
    if (order === "stop-first") {
      const { running } = count(worldOf(before), name);
      assert.ok(is.running <= Math.max(running, replicas), "no more run than before");
    }
  }
}

function assertServing(
  { name, update: { order }, replicas }: DesiredService,
  old: World,
  world: World,
  id: string,
) {
  if (order === "stop-first") return;
  const { serving } = count(world, name);
  const least = Math.min(count(old, name).serving, replicas);
  if (serving < least) assert.fail(`after ${id}, ${serving} serve instead of ${least}`);
}

Deno.test("wherever a plan for a random state ends, the way back restores", () => {
  const marks = fc.constantFrom("", "!", "?", ".", ",", "~", "^");
  const containers = fc.array(fc.tuple(fc.constantFrom("a", "b"), marks), { maxLength: 5 });
  const order = fc.constantFrom("+-", "-+");
  const drain = fc.constantFrom<Drain>(
    { settleMs: 0, waitMs: 0 },
    { settleMs: 1, dns: true, waitMs: 1 },
    { settleMs: 1, mark: ["m"], dns: true, waitMs: 1 },
  );
  const given = fc.record({ containers, order, drain, wanted: fc.nat(4), seed: fc.nat() });
  fc.assert(
    fc.property(given, ({ containers, order, drain, wanted, seed }) => {
      const text = containers.map(([revision, mark], i) => `X${revision}${i + 1}${mark}`).join(" ");
      const actual = parseActual(text);
      const services = parseDesired(`Xb${wanted}${order}`).map((x) => withFields(x, { drain }));
      const plan = planFor(services, actual);
      const taken = inSomeOrder(plan.steps, scattered(seed));
      const world = worldOf(actual);
      taken.forEach((step, i) => {
        const done = taken.slice(0, i);
        const copy = () => worldOf([...world.values()]);
        prove(plan, { done }, copy(), services, actual, scattered(seed));
        for (const failure of failures(step)) {
          const failed = copy();
          failure(failed);
          prove(plan, { done, failed: step }, failed, services, actual, scattered(seed));
        }
        take(world, step.action, services);
      });
    }),
    { numRuns: 500 },
  );
});
