import assert from "node:assert/strict";
import { drainOf, gateSpecs, rollbackPolicy, settingsOf, updatePolicy } from "./policy.ts";

Deno.test("an update policy has Compose's defaults, and one second of running", () => {
  const defaults = {
    order: "stop-first",
    parallelism: 1,
    delayMs: 0,
    monitorMs: 1_000,
    steadyMs: 0,
    failureAction: "pause",
    maxFailureRatio: 0,
  };
  assert.deepEqual(updatePolicy(), defaults);
  assert.deepEqual(updatePolicy({ monitor: 5 }), { ...defaults, monitorMs: 5, steadyMs: 5 });
  assert.deepEqual(updatePolicy({ monitor: 0 }), { ...defaults, monitorMs: 0, steadyMs: 0 });
  const given = {
    order: "start-first",
    parallelism: 0,
    delay: 7,
    failure_action: "rollback",
  } as const;
  assert.deepEqual(updatePolicy({ ...given, max_failure_ratio: 0.5 }), {
    ...defaults,
    order: "start-first",
    parallelism: 0,
    delayMs: 7,
    failureAction: "rollback",
    maxFailureRatio: 0.5,
  });
});

Deno.test("to continue means to the end, unless a ratio sets a limit", () => {
  assert.equal(updatePolicy({ failure_action: "continue" }).maxFailureRatio, 1);
  assert.equal(
    updatePolicy({ failure_action: "continue", max_failure_ratio: 0.2 }).maxFailureRatio,
    0.2,
  );
});

Deno.test("the way back is as the way there, without its times, unless it says otherwise", () => {
  const update = updatePolicy({ order: "start-first", parallelism: 3, delay: 9, monitor: 7 });
  assert.deepEqual(rollbackPolicy({}, update), {
    order: "start-first",
    parallelism: 3,
    ...{ delayMs: 0, monitorMs: 1000, steadyMs: 0 },
  });
  const own = { order: "stop-first", parallelism: 0, delay: 2, monitor: 5 } as const;
  assert.deepEqual(rollbackPolicy(own, update), {
    order: "stop-first",
    parallelism: 0,
    ...{ delayMs: 2, monitorMs: 5, steadyMs: 5 },
  });
});

Deno.test("a service's gates and drain take the place of those of the top level as a whole", () => {
  const top = { gates: [{ tcp: 1 }], drain: { settle: 1, wait: 2 } };
  assert.deepEqual(settingsOf(undefined, top), top);
  assert.deepEqual(settingsOf({ drain: { wait: 3 } }, top), { ...top, drain: { wait: 3 } });
  assert.deepEqual(settingsOf({ gates: [] }, top), { ...top, gates: [] });
  assert.deepEqual(settingsOf(), {});
});

Deno.test("each kind of gate is tried for up to a minute, unless it says otherwise", () => {
  const pace = { timeoutMs: 60_000, successes: 1 };
  assert.deepEqual(
    gateSpecs([
      { healthcheck: "active" },
      { tcp: 80, timeout: 5, interval: 1, successes: 3 },
      { exec: ["test", "-f", "/x"] },
      { exec: "test -f /x" },
      { http: { port: 80 } },
      { http: { port: 80, path: "/ready?x", status: 204 } },
      { http: { port: 80, status: [200, 418] } },
    ]),
    [
      { probe: { kind: "healthcheck" }, ...pace },
      { probe: { kind: "tcp", port: 80 }, timeoutMs: 5, intervalMs: 1, successes: 3 },
      { probe: { kind: "exec", command: ["test", "-f", "/x"] }, ...pace },
      { probe: { kind: "exec", command: ["/bin/sh", "-c", "test -f /x"] }, ...pace },
      { probe: { kind: "http", port: 80, path: "/", statuses: [] }, ...pace },
      { probe: { kind: "http", port: 80, path: "/ready?x", statuses: [204] }, ...pace },
      { probe: { kind: "http", port: 80, path: "/", statuses: [200, 418] }, ...pace },
    ],
  );
  assert.deepEqual(gateSpecs(), []);
});

Deno.test("without settings there is no drain", () => {
  assert.deepEqual(drainOf(), { settleMs: 0, waitMs: 0 });
  assert.deepEqual(drainOf({ settle: 1, mark: "touch /x", wait: 2 }), {
    settleMs: 1,
    mark: ["/bin/sh", "-c", "touch /x"],
    waitMs: 2,
  });
});
