/** What failures leave that come together, and rollbacks of what was not simply there and serving. */
import assert from "node:assert/strict";
import { fc } from "../deps/fast_check.ts";
import { KerekError } from "../errors.ts";
import type { Order } from "../plan/model.ts";
import {
  type Fields,
  parseActual,
  parseDesired,
  printActual,
  withFields,
} from "../plan/testing/notation.ts";
import { type Behaviour, exits, healthy, neverHealthy, refused, stopsIn } from "./behaviour.ts";
import { simulate, type Simulated } from "./simulate.ts";

/** Services in the notation, each with what its name stands for here. */
const services = (text: string, fields: Record<string, Fields>) =>
  parseDesired(text).map((service) => withFields(service, fields[service.name]));

const rollback: Fields = { update: { failureAction: "rollback" } };

const kinds = ({ services }: Simulated) =>
  services.map(({ service, kind }) => `${service} ${kind}`).join(", ");

/** Rolls back, as the last service fails, and fails if anything is not as it was before. */
async function isTakenBack(actual: string, wanted: string, fields: Fields = {}) {
  const all = services(wanted, { X: fields, Z: rollback });
  const result = await simulate({ actual, desired: all, versions: { Zb: exits(1) } });
  assert.equal(result.outcome, "restored", `${actual} → ${wanted}`);
  assert.equal(result.containers, actual);
  assert.ok(result.replicas.every(({ id }) => id.startsWith("given-")), actual);
  return result;
}

Deno.test("a rollback takes back what became of containers that did not run", async () => {
  // One that is removed, one that is replaced, and one that came back into service.
  await isTakenBack("Xa1 Xa2. Za1", "Xa1+- Zb1+-");
  await isTakenBack("Xa1. Za1", "Xb1-+ Zb1+-");
  await isTakenBack("Xb1. Xa2 Za1", "Xb1+- Zb1+-");
  // Its names, too, which it leaves before it is stopped.
  const { calls } = await isTakenBack("Xb1. Xb2 Za1", "Xb2+- Zb1+-", {
    drain: { settleMs: 0, dns: true, waitMs: 0 },
  });
  assert.deepEqual(calls.filter((call) => call.startsWith("replug X-1")).slice(-2), [
    "replug X-1 nameless",
    "replug X-1 X",
  ]);
});

Deno.test("a rollback leaves running what ran before", async () => {
  const { calls } = await isTakenBack("Xa1 Xa2 Xb3 Za1", "Xb2+- Zb1+-");
  assert.ok(!calls.some((call) => / X-3$/.test(call) && !call.startsWith("start")), calls.join());
});

const tolerant = (order: Order, others: Fields["update"]): Fields => ({
  update: { order, parallelism: 0, maxFailureRatio: 0.25, ...others },
});

Deno.test("what a tolerated failure was being put back from is put back, whatever stops the deploy", async () => {
  // The second fails while the first one's old replica stops, starts, or gets healthy again.
  for (const laterMs of [0, 5, 20, 100, 200, 500, 1000, 1100]) {
    for (const order of ["stop-first", "start-first"] as const) {
      for (const failureAction of ["pause", "rollback", "continue"] as const) {
        const actual = "Xa1 Xa2 Xa3 Xa4";
        const result = await simulate({
          actual,
          desired: services("Xb4-+", { X: tolerant(order, { failureAction }) }),
          versions: {
            Xa: healthy(1000),
            Xb: (nth) => nth < 3 ? exits(1, nth === 1 ? 100 : 100 + laterMs) : healthy(10_000),
          },
        });
        const what = `${order}, ${failureAction}, ${laterMs} ms later: ${result.calls.join(", ")}`;
        assert.equal(result.outcome, "restored", what);
        assert.equal(result.containers, actual, what);
      }
    }
  }
});

Deno.test("an interruption does not keep a tolerated failure from being put back", async () => {
  const actual = "Xa1 Xa2 Xa3 Xa4";
  for (const kind of ["remove", "start", "ready"] as const) {
    const result = await simulate({
      actual,
      desired: services("Xb4-+", { X: tolerant("stop-first", {}) }),
      versions: { Xb: (nth) => nth === 1 ? exits(1) : healthy(10_000) },
      interruptAt: (event) =>
        event.type === "step-started" && event.step.recovers !== undefined &&
        event.step.action.kind === kind,
    });
    assert.equal(result.containers, actual, kind);
    assert.ok(["interrupted", "restored"].includes(result.outcome), kind);
  }
});

Deno.test("what cannot be put back is tried once more at the end, and said to be so", async () => {
  const fault = { call: "start", service: "X" } as const;
  const given = {
    actual: "Xa1 Xa2 Ya1",
    desired: services("Xb2-+ Yb1+-", { X: tolerant("stop-first", { maxFailureRatio: 0.5 }) }),
    versions: { Xb: (nth: number) => nth === 1 ? exits(1) : healthy() },
  };
  // The third start is that of the old replica.
  const once = await simulate({ ...given, faults: [{ ...fault, nth: 3 }] });
  assert.deepEqual([once.outcome, once.containers], ["restored", "Xa1 Xa2 Ya1"]);
  const twice = await simulate({
    ...given,
    faults: [{ ...fault, nth: 3 }, { ...fault, nth: 4 }],
  });
  assert.deepEqual([twice.outcome, kinds(twice)], ["not-restored", "X unclear, Y not-reached"]);
});

Deno.test("a job that fails is never tolerated, as others come after it for what it does", async () => {
  const desired = services("Xb1+- Yb1+-", {
    X: { isJob: true, update: { failureAction: "continue", maxFailureRatio: 1 } },
    Y: { dependsOn: ["X"], update: { failureAction: "continue", maxFailureRatio: 1 } },
  });
  const result = await simulate({ actual: "Xa1. Ya1", desired, versions: { Xb: exits(9) } });
  assert.deepEqual([result.outcome, result.containers], ["untouched", "Xa1. Ya1"]);
});

Deno.test("who comes after a job waits for its end", async () => {
  const given = {
    actual: "Xa1. Ya1",
    desired: services("Xb1+- Yb1+-", { X: { isJob: true }, Y: { dependsOn: ["X"] } }),
  };
  const takes = (exitCode: number) => ({ Xb: exits(exitCode, 60_000) });
  const good = await simulate({ ...given, versions: takes(0) });
  assert.deepEqual([good.outcome, good.containers], ["done", "Xb2. Yb2"]);
  const [start] = good.events.filter((event) =>
    event.type === "step-started" && event.step.id === "Y/swap-1/start"
  );
  assert.ok(start.at >= 60_000);
  const bad = await simulate({ ...given, versions: takes(1) });
  assert.deepEqual([bad.outcome, bad.containers], ["untouched", given.actual]);
  // It is asked to end, and not cut off.
  const interrupted = await simulate({
    ...{ ...given, versions: takes(0) },
    interruptAt: (event) => event.type === "step-started" && event.step.action.kind === "ready",
  });
  assert.equal(interrupted.containers, given.actual);
  assert.ok(interrupted.calls.includes("stop X-2"), interrupted.calls.join());
});

Deno.test("--no-rollback leaves what has failed and is tolerated, too", async () => {
  const { containers } = await simulate({
    actual: "Xa1 Xa2 Xa3 Xa4",
    desired: services("Xb4+-", { X: tolerant("start-first", { parallelism: 1 }) }),
    versions: { Xb: (nth) => nth === 1 ? exits(1) : healthy() },
    options: { noRollback: true },
  });
  assert.equal(containers, "Xa1 Xb5. Xb6 Xb7 Xb8");
});

Deno.test("whoever shares with what was replaced, and stays, is said to be cut off", async () => {
  const given = { actual: "Xa1 Ya1", desired: "Xb1-+ Yb1+-@X", versions: { Yb: exits(1) } };
  const result = await simulate(given);
  assert.deepEqual([result.outcome, kinds(result)], ["not-restored", "X updated, Y unclear"]);
  const losses = result.events.flatMap((event) => event.type === "recovering" ? event.losses : []);
  assert.deepEqual(losses, [
    "Y shares what containers of X had, which were replaced: it is cut off from it until it is " +
    "replaced, too",
  ]);
});

Deno.test("containers that cannot be created late are a failure of their service, too", async () => {
  // Z's can be created only when X has been replaced, and Y's old one is kept for it.
  const { outcome, containers, services: outcomes } = await simulate({
    actual: "Ya1 Xa1 Za1",
    desired: services("Yb1+- Xb1+- Zb1+-@X", { Z: rollback }),
    faults: [{ call: "create", service: "Z" }],
  });
  assert.equal(outcome, "not-restored");
  assert.match(containers, /Ya1/);
  assert.deepEqual(outcomes.map(({ service, kind }) => `${service} ${kind}`), [
    "X updated",
    "Y rolled-back",
    "Z unclear",
  ]);
});

const goesOn: Fields = { update: { failureAction: "continue", maxFailureRatio: 1 } };

Deno.test("where nothing has come for one that did not serve, one that serves stays", async () => {
  for (const mark of [".", "!"]) {
    const { outcome, containers } = await simulate({
      actual: `Xa1 Xa2${mark}`,
      desired: services("Xb1+-", { X: goesOn }),
      versions: { Xb: exits(1) },
    });
    assert.deepEqual([outcome, containers], ["restored", `Xa1 Xa2${mark}`]);
  }
});

Deno.test("what is created later is counted by what a tolerated failure left", async () => {
  const given = { versions: { Xb: (nth: number) => nth === 1 ? exits(1) : healthy() } };
  const cases: [actual: string, noRollback: boolean, left: string][] = [
    ["Xa1 Xa2 Ya1", true, "Xa1 Xb3. Xb4 Yb2"],
    ["Xa1 Xa2 Ya1", false, "Xa1 Xb4 Yb2"],
    ["Xb1 Ya1", false, "Xb1 Yb2"],
  ];
  for (const [actual, noRollback, left] of cases) {
    const { outcome, containers } = await simulate({
      ...given,
      actual,
      desired: services("Xb2+- Yb1+-@X", { X: goesOn }),
      options: { noRollback },
    });
    assert.deepEqual([outcome, containers], ["restored", left]);
  }
});

Deno.test("after a tolerated failure, the order of the rest stays", async () => {
  const { events, outcome } = await simulate({
    actual: "Xa1 Za1",
    desired: services("Xb1+- Yb1+- Zb1+-", { X: goesOn, Y: rollback, Z: { dependsOn: ["Y"] } }),
    versions: { Xb: exits(1), Yb: healthy(5000) },
  });
  assert.equal(outcome, "restored");
  const [start] = events.filter((event) =>
    event.type === "step-started" && event.step.id === "Z/swap-1/start"
  );
  assert.ok(start.at >= 5000, `${start.at}`);
});

Deno.test("what recovery finishes is told as done", async () => {
  const drain = { settleMs: 0, mark: ["m"], waitMs: 3000 };
  const result = await simulate({
    actual: "Xa1",
    desired: services("Xb1+-", { X: { drain } }),
    interruptAt: (event) => event.type === "step-done" && event.step.action.kind === "exec",
  });
  assert.deepEqual([result.containers, kinds(result)], ["Xb2", "X updated"]);
});

Deno.test("what Compose itself replaces badly takes back the others, too", async () => {
  const given = {
    actual: "Xa1 Ya1",
    desired: services("Xb1+- Yb1-+", { Y: { ...rollback, containerName: "y" } }),
  };
  const bad = await simulate({ ...given, versions: { Yb: exits(1) } });
  assert.deepEqual([bad.outcome, kinds(bad)], ["not-restored", "X rolled-back, Y unclear"]);
  const faults = [{ call: "recreate" as const }];
  const failed = await simulate({ ...given, faults });
  assert.deepEqual([failed.outcome, failed.containers], ["not-restored", "Xa1 Ya1"]);
});

Deno.test("a hook that fails before a serving replica was tried says nothing against it", async () => {
  const module = { module: "m", index: 0, timeoutMs: 1000, moments: ["preSwap" as const] };
  const { outcome, containers } = await simulate({
    actual: "Xb1 Xa2 Xa3",
    desired: services("Xb2+-", { X: { hooks: [module] } }),
    hooks: { call: () => Promise.reject(new KerekError("no")) },
  });
  assert.deepEqual([outcome, containers], ["untouched", "Xb1 Xa2 Xa3"]);
});

Deno.test("a scale-down cuts nobody off", async () => {
  const result = await simulate({
    actual: "Xa1 Xa2 Ya1",
    desired: "Xa1+- Yb1+-@X",
    versions: { Yb: exits(1) },
  });
  assert.deepEqual([result.outcome, kinds(result)], ["restored", "X updated, Y as-before"]);
});

const marks = fc.constantFrom("", "", "", "", ".");
const containers = fc.array(fc.tuple(fc.constantFrom("a", "a", "b"), marks), { maxLength: 4 });
const order = fc.constantFrom<Order>("start-first", "stop-first");
const oneService = fc.record({
  containers,
  wanted: fc.nat(3),
  order,
  back: order,
  parallelism: fc.nat(2),
  dns: fc.boolean(),
  isMarked: fc.boolean(),
  delayMs: fc.constantFrom(0, 50),
});

/** How the one that fails does. */
const failure = fc.constantFrom<Behaviour>(
  exits(1),
  exits(1, 300),
  neverHealthy(500),
  refused(100),
);

Deno.test("a rollback leaves all exactly as it was, whatever that was", async () => {
  const project = fc.array(oneService, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(project, fc.nat(2), fc.integer({ min: 1, max: 3 }), failure, async (
      list,
      which,
      k,
      failing,
    ) => {
      const names = ["X", "Y", "Z"].slice(0, list.length);
      const actual = list.flatMap(({ containers }, i) =>
        containers.map(([revision, mark], n) => `${names[i]}${revision}${n + 1}${mark}`)
      ).join(" ");
      const desired = list.map(
        ({ wanted, order, back, parallelism, dns, isMarked, delayMs }, i) => {
          const atOnce = dns ? 1 : parallelism;
          const [service] = parseDesired(`${names[i]}b${wanted}+-`);
          return withFields(service, {
            order,
            update: { failureAction: "rollback", parallelism: atOnce, delayMs },
            rollback: { ...service.rollback, order: back, parallelism: atOnce, delayMs },
            drain: { settleMs: 10, waitMs: 20, dns, ...(isMarked ? { mark: ["m"] } : {}) },
            gates: [{ probe: { kind: "tcp", port: 80 }, timeoutMs: 500, successes: 1 }],
          });
        },
      );
      const failed = names[which % names.length];
      const behaviour = (name: string) => (nth: number) =>
        name === failed && nth === k ? failing : stopsIn(50, healthy(100));
      const { outcome, containers, replicas, calls } = await simulate({
        actual,
        desired,
        versions: Object.fromEntries(names.map((name) => [`${name}b`, behaviour(name)])),
      });
      if (outcome === "done" || outcome === "nothing") return;
      // What a deploy that was cut off has stopped serves again where its replacement fails.
      const revived = (text: string) => text.replaceAll(".", "");
      const before = printActual(
        parseActual(actual).sort((x, y) =>
          x.service === y.service ? x.number - y.number : x.service < y.service ? -1 : 1
        ),
      );
      const what = `${actual} → ${desired.map((x) => `${x.name}b${x.replicas}`)}: ${calls}`;
      assert.equal(revived(containers), revived(before), what);
      assert.ok(replicas.every(({ id }) => id.startsWith("given-")), what);
      assert.ok(outcome === "restored" || outcome === "untouched", `${outcome}: ${what}`);
    }),
    { numRuns: 500 },
  );
});
