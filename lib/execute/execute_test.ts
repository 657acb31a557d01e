import assert from "node:assert/strict";
import { fc } from "../deps/fast_check.ts";
import { KerekError } from "../errors.ts";
import type { Drain } from "../plan/model.ts";
import { parseActual, parseDesired, printActual, withFields } from "../plan/testing/notation.ts";
import {
  type Behaviour,
  exits,
  healthy,
  neverHealthy,
  restarts,
  stopsIn,
  then,
  unchecked,
  undecided,
} from "./behaviour.ts";
import type { Outcome } from "./events.ts";
import type { Fault } from "./memory_engine.ts";
import { simulate, type Simulated, SimulatedHost, type Simulation } from "./simulate.ts";

const orders = [["start-first", "+-"], ["stop-first", "-+"]] as const;

type End = Pick<Simulated, "outcome" | "containers" | "leastServing" | "mostRunning">;

/** What must hold however a deploy of `X` ends. */
function assertSafe(
  { outcome, containers, leastServing, mostRunning }: End,
  wanted: number,
  order: string,
  label: string,
): void {
  if (order === "+-") assert.equal(leastServing.X, wanted, `${label}: serving`);
  else assert.ok(mostRunning.X <= wanted, `${label}: running`);
  if (outcome === "not-restored") return;
  const serving = containers.match(/\d(?= |$)/g) ?? [];
  assert.equal(serving.length, wanted, `${label}: ${containers}`);
  assert.equal(containers.split(" ").length, wanted, `${label}: ${containers}`);
}

Deno.test("what was planned is done", async () => {
  const cases: [actual: string, desired: string, containers: string, outcome?: Outcome][] = [
    ["", "", "", "nothing"],
    ["Xa1", "Xa1+-", "Xa1", "nothing"],
    ["", "Xa2+-", "Xa1 Xa2"],
    ["Xa1 Xa2", "Xb2+-", "Xb3 Xb4"],
    ["Xa1 Xa2", "Xb2-+", "Xb3 Xb4"],
    ["Xa1 Xa2", "Xb4+-", "Xb3 Xb4 Xb5 Xb6"],
    ["Xa1 Xa2 Xa3", "Xb1-+", "Xb4"],
    ["Xa1. Xa2! Xa3,", "Xb1+-", "Xb4"],
    ["Xb1, Xb2. Xa3", "Xb3+-", "Xb1 Xb2 Xb4"],
    ["Xa1 Ya1 Za1", "Xb1+- Yb1-+@X Za1+-", "Xb2 Yb2 Za1"],
    ["Xa1 Xa2", "Xa0+-", ""],
  ];
  for (const [actual, desired, containers, outcome = "done"] of cases) {
    const result = await simulate({ actual, desired });
    const label = `${actual} → ${desired}`;
    assert.deepEqual([result.outcome, result.containers], [outcome, containers], label);
  }
});

for (const [order, sign] of orders) {
  Deno.test(`${order}: however a new version fails, the old one serves as before`, async () => {
    const versions: Record<string, Behaviour> = {
      "exits at once": exits(1),
      "exits well, but exits": exits(0),
      "exits later": exits(3, 700),
      "never healthy": neverHealthy(),
      "no verdict": undecided(),
    };
    for (const [label, Xb] of Object.entries(versions)) {
      const result = await simulate({
        actual: "Xa1 Xa2 Xa3",
        desired: `Xb3${sign}`,
        versions: { Xb },
      });
      assert.equal(result.outcome, "restored", label);
      assert.equal(result.containers, "Xa1 Xa2 Xa3", label);
      assertSafe(result, 3, sign, label);
    }
  });

  Deno.test(`${order}: when the k-th of 4 new replicas fails, the rest are as they were`, async () => {
    for (const k of [1, 2, 3, 4]) {
      for (const parallel of [undefined, 1, 2]) {
        const Xb = (nth: number) => nth === k ? neverHealthy() : healthy();
        const result = await simulate({
          actual: "Xa1 Xa2 Xa3 Xa4",
          desired: `Xb4${sign}`,
          versions: { Xb },
          parallel,
        });
        const label = `${k} of 4, parallel ${parallel}`;
        const olds = ["Xa1", "Xa2", "Xa3", "Xa4"].slice(k - 1);
        const news = ["Xb5", "Xb6", "Xb7"].slice(0, k - 1);
        assert.equal(result.containers, [...olds, ...news].join(" "), label);
        assert.equal(result.outcome, "restored", label);
        assertSafe(result, 4, sign, label);
      }
    }
  });
}

Deno.test("without a healthcheck, a replica that ends while it is monitored is not ready", async () => {
  const desired = parseDesired("Xb1+-").map((x) => withFields(x, { update: { monitorMs: 5000 } }));
  const run = (Xb: Behaviour) => simulate({ actual: "Xa1", desired, versions: { Xb } });
  const good = await run(unchecked());
  assert.deepEqual([good.outcome, good.containers], ["done", "Xb2"]);
  assert.ok(good.durationMs >= 5000);
  for (const bad of [then(unchecked(), 4000, { exitCode: 1 }), restarts()]) {
    const { outcome, containers } = await run(bad);
    assert.deepEqual([outcome, containers], ["restored", "Xa1"]);
  }
});

/** Each kind of call that fails, in each order of updating: what is there then. */
const failures: [Fault, startFirst: [Outcome, string], stopFirst: [Outcome, string]][] = [
  [{ call: "pull" }, ["untouched", "Xa1 Xa2"], ["untouched", "Xa1 Xa2"]],
  [{ call: "create" }, ["untouched", "Xa1 Xa2"], ["untouched", "Xa1 Xa2"]],
  [{ call: "inject", nth: 2 }, ["untouched", "Xa1 Xa2"], ["untouched", "Xa1 Xa2"]],
  [{ call: "start", nth: 1 }, ["restored", "Xa1 Xa2"], ["restored", "Xa1 Xa2"]],
  [{ call: "start", nth: 2 }, ["restored", "Xa2 Xb3"], ["restored", "Xa2 Xb3"]],
  [{ call: "start", nth: 1, late: true }, ["restored", "Xa1 Xa2"], ["restored", "Xa1 Xa2"]],
  // One that was told to stop is not relied on any more, where its replacement serves.
  [{ call: "stop", nth: 1 }, ["restored", "Xa2 Xb3"], ["restored", "Xa1 Xa2"]],
  [{ call: "stop", nth: 2 }, ["restored", "Xb3 Xb4"], ["restored", "Xa2 Xb3"]],
  [{ call: "stop", nth: 1, late: true }, ["restored", "Xa2 Xb3"], ["restored", "Xa1 Xa2"]],
  [{ call: "remove", nth: 1 }, ["restored", "Xa2 Xb3"], ["restored", "Xa2 Xb3"]],
  [{ call: "remove", nth: 2 }, ["restored", "Xb3 Xb4"], ["restored", "Xb3 Xb4"]],
  [
    { call: "remove" },
    ["not-restored", "Xa1. Xa2 Xb3 Xb4?"],
    ["not-restored", "Xa1. Xa2 Xb3 Xb4,"],
  ],
  [{ call: "inspect", nth: 1 }, ["restored", "Xa1 Xa2"], ["restored", "Xa1 Xa2"]],
  [{ call: "start" }, ["restored", "Xa1 Xa2"], ["not-restored", "Xa1. Xa2"]],
];

for (const [i, [order, sign]] of orders.entries()) {
  Deno.test(`${order}: whichever call fails, as many serve and the outcome is true`, async () => {
    for (const [fault, ...ends] of failures) {
      const result = await simulate({
        actual: "Xa1 Xa2",
        desired: parseDesired(`Xb2${sign}`).map((x) => ({ ...x, needsInjection: true })),
        missingImages: ["X-image"],
        faults: [fault],
      });
      const label = JSON.stringify(fault);
      assert.deepEqual([result.outcome, result.containers], ends[i], label);
      assertSafe(result, 2, sign, label);
    }
  });
}

Deno.test("an exception that nobody expected is a failed step like any other", async () => {
  for (const [, sign] of orders) {
    const { outcome, containers, events } = await simulate({
      actual: "Xa1 Xa2",
      desired: `Xb2${sign}`,
      faults: [{ call: "start", nth: 2, error: new TypeError("undefined is not a function") }],
    });
    assert.deepEqual([outcome, containers], ["restored", "Xa2 Xb3"]);
    const failed = events.find((event) => event.type === "step-failed");
    assert.equal(failed?.reason, "undefined is not a function");
  }
});

Deno.test("a new replica in which post_start fails says its last words", async () => {
  const hooks = { postStart: [{ command: ["migrate"] }], preStop: [{ command: ["leave"] }] };
  const { outcome, containers, events } = await simulate({
    actual: "Xa1",
    desired: parseDesired("Xb1+-").map((service) => withFields(service, hooks)),
    faults: [{ call: "exec", error: new KerekError("exit code 3") }],
  });
  assert.deepEqual([outcome, containers], ["restored", "Xa1"]);
  const failed = events.find((event) => event.type === "step-failed");
  assert.equal(failed?.reason, "exit code 3");
  assert.deepEqual(failed?.lastLines, ["test-X-2 says hello", "and no more"]);
});

Deno.test("that output cannot be shown is no reason not to go back", async () => {
  const { outcome, containers, events } = await simulate({
    actual: "Xa1",
    desired: "Xb1+-",
    versions: { Xb: exits(1) },
    faults: [{ call: "lastLines", error: new Error("logging driver is none") }],
  });
  assert.deepEqual([outcome, containers], ["restored", "Xa1"]);
  const failed = events.find((event) => event.type === "step-failed");
  assert.deepEqual(failed?.lastLines, ["(its output cannot be shown: logging driver is none)"]);
});

Deno.test("the old replica is started again even if the failed new one cannot be removed", async () => {
  const { outcome, containers } = await simulate({
    actual: "Xa1",
    desired: "Xb1-+",
    versions: { Xb: neverHealthy() },
    faults: [{ call: "remove" }],
  });
  assert.deepEqual([outcome, containers], ["not-restored", "Xa1 Xb2!"]);
});

Deno.test("services that are done stay done when a later one fails", async () => {
  const { outcome, containers } = await simulate({
    actual: "Xa1 Ya1 Za1",
    desired: "Xb1+- Yb1+- Zb1-+",
    versions: { Yb: neverHealthy() },
  });
  assert.deepEqual([outcome, containers], ["restored", "Xb2 Ya1 Za1"]);
});

Deno.test("an up-to-date but unhealthy replica that was cut off goes, and the healthy old one stays", async () => {
  const result = await simulate({ actual: "Xa1 Xb2!", desired: "Xb1+-" });
  assert.deepEqual([result.outcome, result.containers], ["restored", "Xa1"]);
});

Deno.test("what a cut-off deploy has stopped serves again if its replacement is no good", async () => {
  for (const order of ["-+", "+-"]) {
    const same = await simulate({ actual: "Xa1. Xb2!", desired: `Xb1${order}` });
    assert.deepEqual([same.outcome, same.containers], ["restored", "Xa1"], order);
    for (const [actual, left] of [["Xa1. Xb2,", "Xa1 Xb2,"], ["Xc1, Xa2. Xb3,", "Xc1, Xa2 Xb3,"]]) {
      const desired = `Xd1${order}`;
      const other = await simulate({ actual, desired, versions: { Xd: neverHealthy() } });
      assert.deepEqual([other.outcome, other.containers], ["restored", left], order);
    }
  }
});

Deno.test("a fixed port is free when the new replica starts, and again when the old one does", async () => {
  const desired = parseDesired("Xb1-+").map((x) => ({
    ...x,
    exclusiveClaims: [{ path: "services.X.ports[0]", what: "host port 80" }],
  }));
  const good = await simulate({ actual: "Xa1. Xa2", desired });
  assert.deepEqual([good.outcome, good.containers], ["done", "Xb3"]);
  const bad = await simulate({ actual: "Xa1. Xa2", desired, versions: { Xb: neverHealthy() } });
  assert.deepEqual([bad.outcome, bad.containers], ["restored", "Xa1. Xa2"]);
});

Deno.test("a service that Compose recreates is verified, and lost if that fails", async () => {
  const desired = parseDesired("Xb1-+").map((x) => ({ ...x, containerName: "x" }));
  const good = await simulate({ actual: "Xa1", desired });
  assert.deepEqual([good.outcome, good.containers], ["done", "Xb1"]);
  const bad = await simulate({ actual: "Xa1", desired, versions: { Xb: neverHealthy() } });
  assert.deepEqual([bad.outcome, bad.containers], ["not-restored", "Xb1!"]);
});

Deno.test("--wait fails if a service is not healthy in time, and leaves the new version", async () => {
  const run = (waitTimeoutS?: number) =>
    simulate({ actual: "Xa1 Ya1!", desired: "Xb1+- Ya1+-", options: { wait: true, waitTimeoutS } });
  const { containers, events } = await run();
  assert.equal(containers, "Xb2 Ya1!");
  const failed = events.find((event) => event.type === "step-failed");
  assert.deepEqual([failed?.step.id, failed?.reason], ["Y/wait", "it is unhealthy"]);
  assert.match(failed!.hint!, /^`docker logs \S+` shows what it says; --force-recreate replaces/);

  const slow = await simulate({
    actual: "Xa1?",
    desired: "Xa1+-",
    options: { wait: true, waitTimeoutS: 7 },
  });
  const late = slow.events.find((event) => event.type === "step-failed");
  assert.deepEqual([late?.reason, slow.durationMs], ["it was not ready in 7 s", 7000]);
});

Deno.test("while one old replica ends slowly, the next new one gets ready", async () => {
  const run = (parallel?: number) =>
    simulate({
      actual: "Xa1 Xa2 Xa3",
      desired: "Xb3+-",
      versions: { Xa: stopsIn(900, healthy()), Xb: healthy(1000) },
      parallel,
    });
  const overlapping = await run();
  const serial = await run(1);
  assert.equal(overlapping.containers, serial.containers);
  assert.ok(overlapping.durationMs < 3 * 1100 + 1000, `${overlapping.durationMs} ms`);
  assert.ok(serial.durationMs > 3 * 1900, `${serial.durationMs} ms`);
});

Deno.test("no more steps are under way than asked for", async () => {
  for (const parallel of [1, 2, 3]) {
    const { events } = await simulate({ actual: "", desired: "Xa9+-", parallel });
    let [most, now] = [0, 0];
    for (const { type } of events) {
      if (type === "step-started") most = Math.max(most, ++now);
      if (type === "step-done") now--;
    }
    assert.equal(most, parallel);
  }
});

const dns = (desired: string) =>
  parseDesired(desired).map((service) =>
    withFields(service, { drain: { settleMs: 10, dns: true, waitMs: 10 } })
  );

const interrupted: (Omit<Simulation, "interruptAt"> & { order: string })[] = [
  { order: "+-", actual: "Xa1 Xa2", desired: "Xb2+-" },
  { order: "-+", actual: "Xa1 Xa2", desired: "Xb2-+" },
  { order: "-+", actual: "Xb1. Xa2 Xa3", desired: "Xb2-+" },
  { order: "+-", actual: "Xa1 Xa2", desired: "Xb2+-", parallel: 1 },
  { order: "+-", actual: "Xa1 Xa2", desired: dns("Xb2+-") },
  { order: "-+", actual: "Xa1 Xa2", desired: dns("Xb2-+") },
  { order: "-+", actual: "Xb1. Xa2 Xa3", desired: dns("Xb2-+") },
];

Deno.test("an interruption at whatever moment leaves every replica serving", async () => {
  for (const { order, ...simulation } of interrupted) {
    const { events } = await simulate(simulation);
    const moments = events.filter((event) => "step" in event).length;
    for (let moment = 0; moment < moments; moment++) {
      const result = await simulate({ ...simulation, interruptAt: (_, index) => index === moment });
      const label = `${JSON.stringify(simulation)} at ${moment}`;
      // What was the last step by then is finished, and with it the deploy.
      if (result.outcome === "done") assert.ok(moment >= moments - 2, label);
      else assert.equal(result.outcome, "interrupted", label);
      const ends = result.containers.replace("Xb1. ", "");
      assertSafe({ ...result, containers: ends }, 2, order, label);
    }
  }
});

Deno.test("an interruption ends a wait at once", async () => {
  const { outcome, containers, durationMs, events } = await simulate({
    actual: "Xa1",
    desired: "Xb1+-",
    versions: { Xb: undecided() },
    interruptAt: (event) => event.type === "step-started" && event.step.action.kind === "ready",
  });
  assert.deepEqual([outcome, containers], ["interrupted", "Xa1"]);
  assert.ok(durationMs < 100, `${durationMs} ms`);
  assert.ok(events.some((event) => event.type === "step-aborted"));
});

Deno.test("the way back is gone to its end although the user interrupted", async () => {
  const { outcome, containers, events } = await simulate({
    actual: "Xa1",
    desired: "Xb1-+",
    interruptAt: (event) => event.type === "step-done" && event.step.action.kind === "stop",
  });
  assert.deepEqual([outcome, containers], ["interrupted", "Xa1"]);
  const recovery = events.flatMap((event) =>
    event.type === "step-done" && event.phase === "recovery" ? [event.step.action.kind] : []
  );
  assert.deepEqual(recovery, ["remove", "start", "ready"]);
});

Deno.test("a hundred deploys in a row, good and bad, leave nothing behind", async () => {
  const bad = [exits(1), neverHealthy(), exits(0, 100), undecided()];
  const versions: Record<string, Behaviour> = {};
  const host = new SimulatedHost("Xa1 Xa2 Xa3", versions);
  let calls = 0;
  for (let i = 0; i < 100; i++) {
    const revision = "bcd"[i % 3];
    const sign = orders[i % 2][1];
    versions[`X${revision}`] = i % 4 === 3 ? bad[Math.floor(i / 4) % bad.length] : healthy();
    const before = host.containers;
    const result = await host.deploy(`X${revision}3${sign}`);
    assertSafe(result, 3, sign, `deploy ${i} of ${before}`);
    assert.equal(host.engine.listening, 0, "nobody listens to containers any more");
    calls = Math.max(calls, result.calls.length);
    if (i % 4 === 3) assert.equal(host.containers, before);
    else assert.match(host.containers, new RegExp(`^(X${revision}\\d+ ?){3}$`));
  }
  assert.ok(calls < 20, `${calls} calls`);
});

const calls = ["create", "start", "stop", "remove", "inspect", "networksOf", "replug"] as const;
const fault: fc.Arbitrary<Fault> = fc.record({
  call: fc.constantFrom(...calls),
  nth: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
}).chain((fault) =>
  fc.boolean().map((late) => ({ ...fault, late: late && fault.call !== "create" }))
);
const behaviour = fc.constantFrom(healthy(), healthy(20), exits(1), neverHealthy(), undecided());

Deno.test("whatever goes wrong, together and on the way back, the outcome is the truth", async () => {
  const given = fc.record({
    sign: fc.constantFrom("+-", "-+"),
    wanted: fc.integer({ min: 1, max: 4 }),
    faults: fc.array(fault, { maxLength: 3 }),
    behaviours: fc.array(behaviour, { minLength: 4, maxLength: 4 }),
    moment: fc.option(fc.nat(40), { nil: -1 }),
    parallel: fc.constantFrom(undefined, 1, 2),
    drain: fc.constantFrom<Drain>(
      { settleMs: 0, waitMs: 0 },
      { settleMs: 10, dns: true, waitMs: 10 },
      { settleMs: 10, mark: ["m"], dns: true, waitMs: 10 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      given,
      async ({ sign, wanted, behaviours, moment, drain, ...circumstances }) => {
        const actual = parseActual("Xa1 Xa2 Xa3");
        const host = new SimulatedHost(actual, { Xb: (nth) => behaviours[nth - 1] });
        const before = host.containers;
        const { outcome, containers, leastServing, events } = await host.deploy(
          parseDesired(`Xb${wanted}${sign}`).map((service) => withFields(service, { drain })),
          { ...circumstances, interruptAt: (_, index) => index === moment },
        );
        assert.equal(host.engine.listening, 0);
        const words = containers.split(" ").filter((word) => word);
        switch (outcome) {
          case "done":
            assert.match(containers, new RegExp(`^(Xb\\d ?){${wanted}}$`));
            break;
          case "untouched":
            assert.equal(containers, before);
            break;
          case "restored":
          case "interrupted":
            assert.ok(words.every((word) => /\d$/.test(word)), containers);
            assert.ok(words.length >= Math.min(3, wanted), containers);
            break;
          case "not-restored":
            assert.ok(
              events.some((event) =>
                (event.type === "recovering" && event.losses.length > 0) ||
                (event.type === "step-failed" && event.phase === "recovery")
              ),
            );
            break;
          case "nothing":
            assert.fail("there was something to do");
        }
        if (sign === "+-") assert.ok(leastServing.X >= Math.min(3, wanted), containers);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("the containers' notation survives the engine", () => {
  const text = "Xa1 Xb2! Xb3? Ya1. Yb2,";
  assert.equal(printActual(new SimulatedHost(text).engine.replicas()), text);
});

Deno.test("--wait does not count the restarts of a replica's earlier life", async () => {
  const host = new SimulatedHost("", { Xa: restarts(500) });
  const [service] = parseDesired("Xa1+-");
  const patient = withFields(service, { update: { monitorMs: 100 } });
  assert.equal((await host.deploy([patient])).outcome, "done");
  await host.clock.sleep(5000);
  const { outcome } = await host.deploy([patient], { options: { wait: true } });
  assert.equal(outcome, "done");
});
