import assert from "node:assert/strict";
import { KerekError } from "../errors.ts";
import type { Hook, HookAnswer, Moment } from "../plan/hooks.ts";
import { desired, parseActual } from "../plan/testing/notation.ts";
import { callHook } from "./hook.ts";
import type { HookFacts } from "./ports.ts";
import { type Circumstances, SimulatedHost } from "./simulate.ts";
import { VirtualClock } from "./virtual_clock.ts";

const moments: Moment[] = ["preSwap", "healthGate", "beforeStop", "postSwap"];
const hook: Hook = { module: "h.ts", index: 0, timeoutMs: 60_000, moments };

/** An update of three replicas whose hooks answer as told; the calls of hooks are logged. */
async function update(
  order: "start-first" | "stop-first",
  answer: (facts: HookFacts) => HookAnswer | Error = () => undefined,
  others: Circumstances & { failureAction?: "pause" | "rollback" | "continue" } = {},
) {
  const called: string[] = [];
  const host = new SimulatedHost(parseActual("Xa1 Xa2 Xa3"));
  const { failureAction = "pause", ...circumstances } = others;
  const maxFailureRatio = failureAction === "continue" ? 1 : 0;
  const result = await host.deploy([
    desired("X", {
      revision: "b",
      replicas: 3,
      order,
      hooks: [hook],
      update: { failureAction, maxFailureRatio },
    }),
  ], {
    ...circumstances,
    hooks: {
      call: (_hook, facts) => {
        called.push(`${facts.moment} ${facts.old?.number ?? "-"}>${facts.new?.number ?? "-"}`);
        const given = answer(facts);
        return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
      },
    },
  });
  return { ...result, called };
}

const order = ["preSwap", "healthGate", "beforeStop", "postSwap"];
const swaps = ["1>4", "2>5", "3>6"];

Deno.test("hooks are called in the same order with every replica", async () => {
  const { outcome, called } = await update("start-first");
  assert.equal(outcome, "done");
  assert.deepEqual(called, swaps.flatMap((swap) => order.map((moment) => `${moment} ${swap}`)));
});

Deno.test("a gate that refuses replica 2 of 3 leaves it and the third as they were", async () => {
  for (const kind of ["start-first", "stop-first"] as const) {
    const { outcome, called, containers } = await update(
      kind,
      ({ moment, new: fresh }) =>
        moment === "healthGate" && fresh!.number === 5 ? { refuse: "no" } : undefined,
    );
    assert.equal(outcome, "restored");
    assert.equal(containers, "Xa2 Xa3 Xb4");
    assert.equal(called.includes("postSwap 2>5"), false);
    assert.equal(called.some((call) => call.endsWith("3>6")), false);
  }
});

Deno.test("preSwap that fails leaves its replica untouched", async () => {
  for (const kind of ["start-first", "stop-first"] as const) {
    const { outcome, containers, calls } = await update(
      kind,
      ({ moment }) => moment === "preSwap" ? new KerekError("no") : undefined,
    );
    assert.equal(outcome, "untouched");
    assert.equal(containers, "Xa1 Xa2 Xa3");
    assert.equal(calls.some((call) => /^(start|stop)/.test(call)), false);
  }
});

Deno.test("failure_action decides what a refusal leads to", async () => {
  const refuse = ({ moment, new: fresh }: HookFacts) =>
    moment === "healthGate" && fresh!.number === 5 ? { refuse: "no" } : undefined;
  for (const kind of ["start-first", "stop-first"] as const) {
    const rolledBack = await update(kind, refuse, { failureAction: "rollback" });
    assert.equal(rolledBack.containers, "Xa1 Xa2 Xa3", kind);
    assert.equal(rolledBack.outcome, "restored");
    const continued = await update(kind, refuse, { failureAction: "continue" });
    assert.equal(continued.containers, "Xa2 Xb4 Xb6", kind);
    assert.equal(continued.called.includes("postSwap 2>5"), false);
    assert.equal(continued.called.at(-1), "postSwap 3>6");
  }
});

Deno.test("what beforeStop and postSwap do wrong is a warning", async () => {
  const { outcome, events } = await update(
    "start-first",
    ({ moment }) =>
      moment === "beforeStop" || moment === "postSwap" ? new KerekError("oh") : undefined,
  );
  assert.equal(outcome, "done");
  const details = events.flatMap((event) => event.type === "step-done" ? event.detail : []);
  assert.equal(details.filter((text) => text === "warning, it failed: oh").length, 6);
});

Deno.test("an interruption at any step leaves every replica old or new, and all serving", async () => {
  for (const kind of ["start-first", "stop-first"] as const) {
    for (let at = 0;; at++) {
      let isReached = false;
      const { containers, outcome } = await update(kind, undefined, {
        interruptAt: (_, index) => isReached ||= index === at,
      });
      if (!isReached) break;
      assert.match(containers, /^(Xa\d |Xb\d ){2}(Xa\d|Xb\d)$/, `${kind} ${at}`);
      assert.ok(outcome === "interrupted" || outcome === "done" || outcome === "untouched");
    }
  }
});

Deno.test("a gate that asks for more time gets it, up to its limit", async () => {
  const clock = new VirtualClock();
  let calls = 0;
  const hooks = { call: () => Promise.resolve(++calls < 4 ? { retryAfterMs: 1000 } : undefined) };
  const ports = { hooks, clock };
  const { signal } = new AbortController();
  const call = { moment: "healthGate" as const, hook };
  await callHook(call, { cause: "", step: { id: "x", text: "run x" } }, ports, signal);
  assert.equal(calls, 4);
  assert.equal(clock.now(), 3000);
  const never = { call: () => Promise.resolve({ retryAfterMs: 10_000 }) };
  await assert.rejects(
    callHook(
      call,
      { cause: "", step: { id: "x", text: "run x" } },
      { hooks: never, clock },
      signal,
    ),
    new KerekError("healthGate of h.ts did not let it pass in 60 s"),
  );
});
