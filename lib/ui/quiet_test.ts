import assert from "node:assert/strict";
import { exits } from "../execute/behaviour.ts";
import { simulate } from "../execute/simulate.ts";
import { quietLines } from "./quiet.ts";

Deno.test("quiet is silent when all goes well", async () => {
  for (const desired of ["Xb1+-", "Xa1+-"]) {
    const { events } = await simulate({ actual: "Xa1", desired });
    assert.deepEqual(events.flatMap(quietLines), []);
  }
});

Deno.test("quiet says what failed and what that left", async () => {
  const versions = { Xb: exits(1, 250) };
  const { events } = await simulate({ actual: "Xa1", desired: "Xb1+-", versions });
  const lines = events.flatMap(quietLines);
  assert.equal(lines[0], "X-2 is not ready: it ended with exit code 1");
  assert.match(lines.at(-1)!, /^Failed after .* s; what runs is as it was before\./);
  assert.ok(!lines.some((line) => /Created|Started|Warning/.test(line)), lines.join("\n"));
});

Deno.test("quiet says that the lock is lost, and not that it is waited for", () => {
  const linesOf = (state: "waiting" | "lost") =>
    quietLines({ type: "lock", at: 0, state, holder: "ann" });
  assert.equal(linesOf("waiting").length, 0);
  assert.match(linesOf("lost").join(), /broken this deploy's lock/);
});
