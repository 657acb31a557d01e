import assert from "node:assert/strict";
import type { GateSpec, ProbeResult } from "../plan/gates.ts";
import type { Gate } from "../plan/model.ts";
import type { ContainerState } from "../plan/readiness.ts";
import { awaitReady, passGate } from "./gate.ts";
import type { Clock, Engine, Patience } from "./ports.ts";

/** What patience each try was made with, of which each takes 300 ms. */
async function tries(
  spec: Partial<GateSpec>,
  results: boolean[],
): Promise<Patience[]> {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => Promise.resolve(void (now += ms)),
  };
  const seen: Patience[] = [];
  const probe: Engine["probe"] = (_id, _probe, _signal, patience): Promise<ProbeResult> => {
    now += 300;
    seen.push(patience);
    return Promise.resolve({ ok: results[seen.length - 1], detail: "" });
  };
  const gate: GateSpec = {
    ...{ probe: { kind: "healthcheck" }, timeoutMs: 10_000, successes: 1 },
    ...spec,
  };
  const { signal } = new AbortController();
  await passGate("id", gate, { engine: { probe } as Engine, clock }, signal);
  return seen;
}

Deno.test("a gate may be tried again at once as long as it may take", async () => {
  const everyMs = 50;
  assert.deepEqual(await tries({ intervalMs: everyMs }, [false, false, true]), [
    { everyMs, forMs: 10_000 },
    { everyMs, forMs: 9_650 },
    { everyMs, forMs: 9_300 },
  ]);
});

Deno.test("without an interval, the longer it takes the longer are the pauses", async () => {
  const results = [...Array(40).fill(false), true];
  const pauses = (await tries({ timeoutMs: 60_000 }, results)).map(({ everyMs }) => everyMs!);
  assert.deepEqual(pauses.slice(0, 5), [20, 20, 20, 20, 26]);
  assert.deepEqual(pauses, pauses.toSorted((a, b) => a - b));
  assert.equal(pauses.at(-1), 200);
});

Deno.test("successes in a row are tries of their own", async () => {
  const patiently = (await tries({ successes: 3 }, [false, true, true, false, true, true, true]))
    .map(({ everyMs }) => everyMs !== undefined);
  assert.deepEqual(patiently, [true, true, false, false, true, false, false]);
});

Deno.test("the last try is made when the time is over, however long the pauses are", async () => {
  const spec = { timeoutMs: 5_000, intervalMs: 60_000 };
  assert.deepEqual(await tries(spec, [false, true]), [
    { everyMs: 60_000, forMs: 5_000 },
    { forMs: 1_000 },
  ]);
  const seen = tries(spec, [false, false, true]);
  await assert.rejects(seen, { message: "active healthcheck gate did not pass in 5 s, last: " });
});

Deno.test("of what runs again, it is told how it ended before", async () => {
  const running: ContainerState = {
    ...{ status: "running", exitCode: 0, restarts: 1, restartable: true, error: "" },
  };
  const states: ContainerState[] = [
    running,
    { ...running, status: "restarting", exitCode: 7, restarts: 2 },
    { ...running, restarts: 3 },
  ];
  const engine = {
    inspect: () => Promise.resolve(states.shift()!),
    nextChange: () => Promise.resolve(),
  } as Partial<Engine> as Engine;
  const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };
  const gate = { health: false, monitorMs: 1_000, steadyMs: 0 } as Gate;
  await assert.rejects(
    awaitReady("id", gate, { engine, clock }, new AbortController().signal),
    { message: "it keeps ending, last with exit code 7" },
  );
});
