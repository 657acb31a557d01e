import assert from "node:assert/strict";
import { type Hook, judgeAnswer, type Moment, moments } from "./hooks.ts";
import { desired, parseActual } from "./testing/notation.ts";
import { planFor } from "./testing/plan_for.ts";
import { printSteps } from "./testing/print_steps.ts";
import type { Order, ServiceChange } from "./model.ts";
import { diff } from "./diff.ts";
import { schedule } from "./schedule.ts";
import { planOptions } from "./testing/notation.ts";

const hook = (moments: Moment[], index = 0): Hook => ({
  module: `${"ab"[index]}.ts`,
  index,
  timeoutMs: 1000,
  moments,
});

const all: Moment[] = ["preSwap", "healthGate", "beforeStop", "postSwap"];

const steps = (order: Order, actual: string, hooks: Hook[], replicas = 1) =>
  printSteps(
    planFor([desired("X", { revision: "b", order, replicas, hooks })], parseActual(actual)).steps,
  );

Deno.test("start-first: the gate comes before the old one is touched, each call at its place", () => {
  assert.deepEqual(steps("start-first", "Xa1", [hook(all)]), [
    "create: create X 1+1",
    "X/swap-1/preSwap-1: preSwap of a.ts X-2 X-1 after create",
    "X/swap-1/start: start X-2 after X/swap-1/preSwap-1",
    "X/swap-1/ready: ready X-2 after X/swap-1/start",
    "X/swap-1/healthGate-1: healthGate of a.ts X-2 X-1 after X/swap-1/ready",
    "X/swap-1/beforeStop-1: beforeStop of a.ts X-2 X-1 after X/swap-1/healthGate-1",
    "X/swap-1/stop: stop X-1 after X/swap-1/beforeStop-1",
    "X/swap-1/remove: remove X-1 after X/swap-1/stop",
    "X/swap-1/postSwap-1: postSwap of a.ts X-2 X-1 after X/swap-1/remove",
  ]);
});

Deno.test("stop-first: preSwap comes before the old one is touched, the gate before it is removed", () => {
  assert.deepEqual(steps("stop-first", "Xa1", [hook(all)]), [
    "create: create X 1+1",
    "X/swap-1/preSwap-1: preSwap of a.ts X-2 X-1 after create",
    "X/swap-1/beforeStop-1: beforeStop of a.ts X-2 X-1 after X/swap-1/preSwap-1",
    "X/swap-1/stop: stop X-1 after X/swap-1/beforeStop-1",
    "X/swap-1/start: start X-2 after X/swap-1/stop",
    "X/swap-1/ready: ready X-2 after X/swap-1/start",
    "X/swap-1/healthGate-1: healthGate of a.ts X-2 X-1 after X/swap-1/ready",
    "X/swap-1/remove: remove X-1 after X/swap-1/healthGate-1",
    "X/swap-1/postSwap-1: postSwap of a.ts X-2 X-1 after X/swap-1/remove",
  ]);
});

Deno.test("the next swap waits for the hooks of the one before it", () => {
  const lines = steps("start-first", "Xa1 Xa2", [hook(["preSwap", "postSwap"])], 2);
  assert.ok(
    lines.includes("X/swap-2/preSwap-1: preSwap of a.ts X-4 X-2 after X/swap-1/postSwap-1"),
    lines.join("\n"),
  );
});

Deno.test("several modules are called in their order", () => {
  const lines = steps("start-first", "Xa1", [hook(["healthGate"]), hook(["healthGate"], 1)]);
  assert.deepEqual(lines.slice(3, 5), [
    "X/swap-1/healthGate-1: healthGate of a.ts X-2 X-1 after X/swap-1/ready",
    "X/swap-1/healthGate-2: healthGate of b.ts X-2 X-1 after X/swap-1/healthGate-1",
  ]);
  assert.equal(lines[5], "X/swap-1/stop: stop X-1 after X/swap-1/healthGate-2");
});

Deno.test("replicas that are added have no old one, those that are removed no new one", () => {
  assert.deepEqual(steps("start-first", "", [hook(all)]).slice(1), [
    "X/add-1/preSwap-1: preSwap of a.ts X-1 after create",
    "X/add-1/start: start X-1 after X/add-1/preSwap-1",
    "X/add-1/ready: ready X-1 after X/add-1/start",
    "X/add-1/healthGate-1: healthGate of a.ts X-1 after X/add-1/ready",
    "X/add-1/postSwap-1: postSwap of a.ts X-1 after X/add-1/healthGate-1",
  ]);
  assert.deepEqual(steps("start-first", "Xb1", [hook(all)], 0), [
    "X/remove-1/beforeStop-1: beforeStop of a.ts X-1",
    "X/remove-1/stop: stop X-1 after X/remove-1/beforeStop-1",
    "X/remove-1/remove: remove X-1 after X/remove-1/stop",
    "X/remove-1/postSwap-1: postSwap of a.ts X-1 after X/remove-1/remove",
  ]);
});

/** A plan with hooks of the deploy as a whole. */
function whole(actual: string, options = {}) {
  const services = [desired("X", { revision: "b" })];
  const replicas = parseActual(actual);
  const changes: ServiceChange[] = diff(services, replicas, planOptions());
  const facts = {
    project: "test",
    missingImages: new Set(["X-image"]),
    services,
    actual: replicas,
    warnings: [],
    hooks: [hook(["beforeDeploy", "afterDeploy", "onFailure"])],
  };
  return schedule(changes, facts, planOptions(options));
}

Deno.test("beforeDeploy comes when images are there and nothing is created yet", () => {
  const plan = whole("Xa1");
  assert.deepEqual(printSteps(plan.steps).slice(0, 3), [
    "pull: pull X",
    "beforeDeploy-1: beforeDeploy of a.ts after pull",
    "create: create X 1+1 after beforeDeploy-1",
  ]);
  assert.deepEqual(printSteps(plan.afterwards!), [
    "onFailure-1: onFailure of a.ts",
    "afterDeploy-1: afterDeploy of a.ts",
  ]);
});

Deno.test("nothing is called where nothing changes, or nothing is started", () => {
  for (const plan of [whole("Xb1"), whole("Xa1", { noStart: true })]) {
    assert.equal(plan.steps.some(({ action }) => action.kind === "hook"), false);
    assert.equal(plan.afterwards, undefined);
  }
});

Deno.test("a gate is asked again as long as its time lasts", () => {
  const own = hook(["healthGate"]);
  assert.deepEqual(judgeAnswer(own, undefined, 5000), { kind: "passed" });
  assert.deepEqual(judgeAnswer(own, { refuse: "no" }, 0), {
    kind: "refused",
    reason: "healthGate of a.ts: no",
  });
  assert.deepEqual(judgeAnswer(own, { retryAfterMs: 400 }, 500), { kind: "again", afterMs: 400 });
  assert.deepEqual(judgeAnswer(own, { retryAfterMs: 400 }, 600), {
    kind: "refused",
    reason: "healthGate of a.ts did not let it pass in 1 s",
  });
  assert.equal(moments.length, 7);
});
