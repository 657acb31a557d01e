import assert from "node:assert/strict";
import { type Holder, holderText, standing } from "./holder.ts";

const holder: Holder = {
  id: "1",
  owner: "ops@web1",
  pid: 7,
  place: "here",
  sinceMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  beatMs: 100_000,
};

Deno.test("a holder is judged by its process where that can be seen, else by its last sign", () => {
  const at = (ms: number) => holder.sinceMs + ms;
  const cases: [nowMs: number, place: string, pids: number[], Partial<Holder>, string][] = [
    [at(100_000), "here", [7], {}, "alive"],
    [at(160_000), "here", [7], {}, "alive"],
    [at(160_001), "here", [7], {}, "silent"],
    [at(100_000), "here", [8], {}, "ended"],
    [at(100_000), "there", [8], {}, "alive"],
    [at(160_001), "there", [7], {}, "silent"],
    // A clock that was set back makes nobody dead.
    [at(-100_000), "there", [], {}, "alive"],
    [at(100_000), "", [], { place: "" }, "alive"],
    [at(9e9), "there", [], { beatMs: undefined }, "alive"],
    [at(0), "here", [], { beatMs: undefined }, "ended"],
  ];
  for (const [now, place, pids, changes, expected] of cases) {
    const here = { place, isRunning: (pid: number) => pids.includes(pid) };
    assert.equal(standing({ ...holder, ...changes }, now, here), expected, `${now} ${place}`);
  }
});

Deno.test("a holder is named by who, where and since when", () => {
  assert.equal(holderText(holder), "ops@web1 (process 7, since 2026-01-02T03:04:05Z)");
});
