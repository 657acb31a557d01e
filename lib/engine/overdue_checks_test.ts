import assert from "node:assert/strict";
import { VirtualClock } from "../execute/virtual_clock.ts";
import type { InspectedContainer } from "./decode_containers.ts";
import { OverdueChecks } from "./overdue_checks.ts";

const container = (lastCheck: string, state: Record<string, unknown> = {}) =>
  ({
    replica: { id: "a" },
    lastCheck,
    state: {
      status: "running",
      health: "starting",
      healthcheck: { intervalMs: 2_000, timeoutMs: 1_000, startPeriodMs: 0, retries: 3 },
      ...state,
    },
  }) as unknown as InspectedContainer;

/** Times at which checks were run in ten seconds, where the engine is looked at as `look` says. */
async function ranIn10s(look: (checks: OverdueChecks, clock: VirtualClock) => void) {
  const clock = new VirtualClock();
  const times: number[] = [];
  const checks = new OverdueChecks(() => Promise.resolve(void times.push(clock.now())), clock);
  look(checks, clock);
  const over = new AbortController();
  clock.after(10_000, () => over.abort());
  while (!over.signal.aborted) await checks.next("a", over.signal);
  return times;
}

Deno.test("checks that nobody runs are run, each a little after its time", async () => {
  assert.deepEqual(await ranIn10s((checks) => checks.note(container(""))), [2500, 5000, 7500]);
});

Deno.test("where somebody runs them, none is overdue", async () => {
  const times = await ranIn10s((checks, clock) => {
    const look = (second: number) => {
      checks.note(container(`at ${second - second % 2} s`));
      clock.after(1_000, () => look(second + 1));
    };
    look(0);
  });
  assert.deepEqual(times, []);
});

Deno.test("what has no healthcheck, does not run, or is not known is left alone", async () => {
  const others = [{ health: undefined }, { status: "exited" }, { healthcheck: undefined }];
  for (const state of others) {
    const times = await ranIn10s((checks) => {
      checks.note(container(""));
      checks.note(container("", state));
    });
    assert.deepEqual(times, [], JSON.stringify(state));
  }
  assert.deepEqual(await ranIn10s(() => {}), []);
});
