import assert from "node:assert/strict";
import type { DeployEvent } from "../execute/events.ts";
import { simulate } from "../execute/simulate.ts";
import { leftLines } from "./left.ts";

/** What is left after so many steps of a swap of two replicas were done. */
async function leftAfter(order: "+-" | "-+", steps: number): Promise<string[]> {
  const { events } = await simulate({ actual: "Xa1 Xa2", desired: `Xb2${order}` });
  let done = 0;
  const cut = events.findIndex((event) => event.type === "step-done" && ++done === steps);
  const lines = leftLines(events.slice(0, cut + 1));
  assert.match(lines[0], /^Stopped at once; what had begun is neither finished nor put back:$/);
  assert.deepEqual(lines.slice(-2), [
    "  this deploy's lock, which the next one takes over",
    "Deploy again to go on.",
  ]);
  return lines.slice(1, -2).map((line) => line.trim()).filter((line) => !/^in hand/.test(line));
}

Deno.test("what is left is what was begun and not ended", async () => {
  assert.deepEqual(await leftAfter("+-", 1), [
    "X-3: created, not started",
    "X-4: created, not started",
  ]);
  assert.deepEqual(await leftAfter("+-", 2), [
    "X-3: started, its turn is not over",
    "X-4: created, not started",
  ]);
  assert.deepEqual(await leftAfter("-+", 2), [
    "X-3: created, not started",
    "X-4: created, not started",
    "X-1: stopped, not removed",
  ]);
  assert.deepEqual(await leftAfter("-+", 5), ["X-4: created, not started"]);
});

Deno.test("what is in hand is named, and what was not begun is not", async () => {
  const { events } = await simulate({ actual: "Xa1", desired: "Xb1+-" });
  const cut = events.findIndex((event) =>
    event.type === "step-started" && event.step.action.kind === "stop"
  );
  const lines = leftLines(events.slice(0, cut + 1));
  assert.deepEqual(lines.slice(1, 3), [
    "  X-2: started, its turn is not over",
    "  in hand: stop X-1",
  ]);
  const nothing: DeployEvent[] = [];
  assert.deepEqual(leftLines(nothing), ["Stopped at once; nothing was touched."]);
});
