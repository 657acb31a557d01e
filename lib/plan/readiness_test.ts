import assert from "node:assert/strict";
import type { Gate } from "./model.ts";
import { type ContainerState, judge, type Verdict } from "./readiness.ts";

const running: ContainerState = {
  status: "running",
  exitCode: 0,
  restarts: 0,
  startedAt: 0,
  restartable: false,
  error: "",
};
const healthcheck = { intervalMs: 1000, timeoutMs: 500, startPeriodMs: 2000, retries: 3 };
/** 2 s to start, four tries of at most 1.5 s, and 30 s because engines may be busy. */
const deadlineMs = 38_000;
const checked = (health: ContainerState["health"]) => ({ ...running, health, healthcheck });
const ended = (exitCode: number) => ({ ...running, status: "exited" as const, exitCode });

const plain: Gate = { monitorMs: 0, steadyMs: 0, mayComplete: false, health: true };
const monitor = { ...plain, monitorMs: 5000 };
const job = { ...plain, mayComplete: true };
const gated = { ...plain, isGated: true };
const lenient = { ...plain, health: false };

const ready = (detail: string): Verdict => ({ kind: "ready", detail });
const failed = (reason: string): Verdict => ({ kind: "failed", reason });
const wait = (atMostMs: number): Verdict => ({ kind: "wait", atMostMs });

type Case = [what: string, ContainerState, Gate, waitedMs: number, Verdict];

const cases: Case[] = [
  ["without a healthcheck it runs", running, plain, 0, ready("running")],
  ["it is monitored", running, monitor, 0, wait(5000)],
  ["it is still monitored", running, monitor, 4000, wait(1000)],
  ["it was monitored long enough", running, monitor, 5000, ready("running")],

  ["its healthcheck passed", checked("healthy"), plain, 0, ready("healthy")],
  ["a healthcheck is better than monitoring", checked("healthy"), monitor, 0, ready("healthy")],
  ["its healthcheck failed", checked("unhealthy"), plain, 0, failed("it is unhealthy")],
  ["its healthcheck has not said yet", checked("starting"), plain, 0, wait(deadlineMs)],
  ["its healthcheck takes long", checked("starting"), plain, 30_000, wait(deadlineMs - 30_000)],
  [
    "its healthcheck takes longer than it can",
    checked("starting"),
    plain,
    deadlineMs,
    failed("its healthcheck gave no verdict in the time it sets itself"),
  ],
  ["a gate ran its healthcheck", checked("starting"), gated, 0, ready("passed its healthcheck")],
  ["a gate ran it, and it failed since", checked("unhealthy"), gated, 0, failed("it is unhealthy")],
  ["health does not matter", checked("unhealthy"), lenient, 0, ready("running")],
  ["the check's times are unknown", { ...running, health: "starting" }, plain, 0, wait(30_000)],

  ["it ended", ended(1), plain, 0, failed("it ended with exit code 1")],
  ["it ended well, but should run", ended(0), plain, 0, failed("it ended with exit code 0")],
  ["it is a job and ended well", ended(0), job, 0, ready("completed with exit code 0")],
  ["it is a job and ended badly", ended(3), job, 0, failed("it ended with exit code 3")],
  ["it is dead", { ...ended(1), status: "dead" }, plain, 0, failed("it ended with exit code 1")],

  ["it is restarted", { ...running, status: "restarting", restarts: 2 }, plain, 0, wait(30_000)],
  [
    "it is restarted for too long",
    { ...running, status: "restarting", restarts: 2 },
    plain,
    30_000,
    failed("the engine did not get it to run"),
  ],
  [
    "it is restarted too often",
    { ...running, status: "restarting", restarts: 3, exitCode: 7 },
    plain,
    0,
    failed("it keeps ending, last with exit code 7"),
  ],
  [
    "it runs, but not for the first time",
    { ...running, restarts: 3, exitCode: 7 },
    plain,
    0,
    failed("it keeps ending, last with exit code 7"),
  ],
  [
    "it runs again, and how it ended is not known",
    { ...running, restarts: 3 },
    plain,
    0,
    failed("it keeps ending"),
  ],

  ["it has not begun", { ...running, status: "created" }, plain, 0, wait(30_000)],
  [
    "it could not begin",
    { ...running, status: "created", error: "port is already allocated" },
    plain,
    0,
    failed("port is already allocated"),
  ],
  [
    "it does not begin",
    { ...running, status: "created" },
    plain,
    30_000,
    failed("the engine did not get it to run"),
  ],
  ["it is paused, which its health survives", checked("healthy"), plain, 0, ready("healthy")],
];

for (const [what, state, gate, waitedMs, verdict] of cases) {
  Deno.test(`ready or not: ${what}`, () => {
    assert.deepEqual(judge(state, gate, waitedMs), verdict);
  });
}

Deno.test("a container that was started again is monitored anew", () => {
  const state = { ...running, restarts: 1 };
  const gate = { ...plain, monitorMs: 1000 };
  assert.deepEqual(judge(state, gate, 1500, 0, 300), { kind: "wait", atMostMs: 700 });
  assert.equal(judge(state, gate, 2300, 0, 1000).kind, "ready");
});

Deno.test("what ends while it is monitored has failed, though its restart policy starts it again", () => {
  const again = { ...running, restarts: 1 };
  const reason = (code: string) =>
    failed(`it ended${code}, and its restart policy started it again`);
  const given = { ...monitor, steadyMs: 5000 };
  assert.deepEqual(judge({ ...again, exitCode: 7 }, given, 100), reason(" with exit code 7"));
  assert.deepEqual(judge(again, given, 100), reason(""));
  assert.deepEqual(judge(again, monitor, 100), wait(4900));
  // With a healthcheck, from its passing on.
  const starting = { ...again, health: "starting" as const, healthcheck };
  assert.equal(judge(starting, given, 100).kind, "wait");
  assert.equal(judge(starting, given, 100, 0, 100, 1).kind, "wait");
  assert.deepEqual(judge(starting, given, 100, 0, 100, 0), reason(""));
});

Deno.test("a job is ready when it has ended, however long that takes", () => {
  const gate = { ...job, mustComplete: true, health: false };
  const day = 86_400_000;
  assert.deepEqual(judge(running, gate, day), wait(Infinity));
  assert.deepEqual(judge(checked("unhealthy"), gate, day), wait(Infinity));
  assert.deepEqual(judge(ended(0), gate, day), ready("completed with exit code 0"));
  assert.deepEqual(judge(ended(1), gate, day), failed("it ended with exit code 1"));
  const again = { ...running, restarts: 3, exitCode: 2 };
  assert.deepEqual(judge(again, gate, 1), failed("it keeps ending, last with exit code 2"));
});
