import assert from "node:assert/strict";
import type { DesiredService, FailureAction } from "./model.ts";
import { override } from "./override.ts";

function serviceWith(failureAction: FailureAction, maxFailureRatio: number): DesiredService {
  const update = { order: "stop-first", parallelism: 1, failureAction, maxFailureRatio };
  const rollback = { order: "stop-first", parallelism: 1, delayMs: 0 };
  return { name: "web", update, rollback } as DesiredService;
}

Deno.test("without options, a service is as the files have it", () => {
  for (const [action, ratio] of [["pause", 0], ["continue", 1], ["continue", 0.5]] as const) {
    assert.deepEqual(override(serviceWith(action, ratio), {}), serviceWith(action, ratio));
  }
});

Deno.test("order counts on the way back, too, and parallelism on the way there only", () => {
  const { update, rollback } = override(serviceWith("pause", 0), {
    order: "start-first",
    updateParallelism: 0,
  });
  assert.deepEqual([update.order, rollback.order], ["start-first", "start-first"]);
  assert.deepEqual([update.parallelism, rollback.parallelism], [0, 1]);
});

Deno.test("a failure action goes with the ratio of its own, unless the files set another", () => {
  const cases: [files: FailureAction, ratio: number, option: FailureAction, expected: number][] = [
    ["pause", 0, "continue", 1],
    ["pause", 0.3, "continue", 0.3],
    ["rollback", 0, "continue", 1],
    ["continue", 1, "continue", 1],
    ["continue", 1, "pause", 0],
    ["continue", 1, "rollback", 0],
    ["continue", 0.3, "rollback", 0.3],
    ["pause", 1, "rollback", 1],
  ];
  for (const [files, ratio, onFailure, expected] of cases) {
    const { update } = override(serviceWith(files, ratio), { onFailure });
    assert.deepEqual([update.failureAction, update.maxFailureRatio], [onFailure, expected]);
  }
});
