import assert from "node:assert/strict";
import { parseDuration } from "./duration.ts";

Deno.test("durations of Compose files are read as milliseconds", () => {
  const cases: [text: string, ms: number][] = [
    ["0", 0],
    ["0s", 0],
    ["500ms", 500],
    ["10s", 10_000],
    ["1m30s", 90_000],
    ["1h2m3s4ms", 3_723_004],
    ["1d", 86_400_000],
    ["1.5h", 5_400_000],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["1000000ns", 1],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text, "x"), ms, text);
});

Deno.test("anything else is an error that names its path and the remedy", () => {
  for (const text of ["", "5", "s", "1.s", "-3s", "10 s", "10s ", "10s,", "1m30", "1w", "1S"]) {
    assert.throws(() => parseDuration(text, "services.web.deploy.update_config.monitor"), {
      name: "KerekError",
      message: `Cannot read services.web.deploy.update_config.monitor: ${
        JSON.stringify(text)
      } is not a duration`,
      hint: "Write it like 500ms, 10s or 1m30s.",
    }, text);
  }
});
