import assert from "node:assert/strict";
import { durationMs } from "../engine/duration.ts";
import { formatDuration } from "./format_duration.ts";

Deno.test("a duration is written as a Compose file would have it, and reads the same again", () => {
  const cases: [ms: number, text: string][] = [
    [0, "0s"],
    [0.5, "0.5ms"],
    [200, "200ms"],
    [1_000, "1s"],
    [1_500, "1.5s"],
    [60_000, "1m"],
    [90_000, "1m30s"],
    [3_600_000, "1h"],
    [3_600_500, "1h0.5s"],
    [90_061_001, "25h1m1.001s"],
  ];
  for (const [ms, text] of cases) {
    assert.equal(formatDuration(ms), text);
    assert.equal(durationMs(text), ms);
  }
});
