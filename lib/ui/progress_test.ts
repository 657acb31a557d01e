import assert from "node:assert/strict";
import { isColored, isInCi, progressMode } from "./progress.ts";

const around = (isTerminal: boolean, variables: Record<string, string> = {}) => ({
  isTerminal,
  env: (name: string) => variables[name],
});

Deno.test("without a choice, the live view is for terminals that can show it", () => {
  assert.equal(progressMode({}, around(true)), "tty");
  assert.equal(progressMode({}, around(false)), "plain");
  assert.equal(progressMode({}, around(true, { TERM: "dumb" })), "plain");
  assert.equal(progressMode({ ansi: "never" }, around(true)), "plain");
  assert.equal(progressMode({ progress: "auto", ansi: "always" }, around(false)), "plain");
});

Deno.test("what was chosen is used, terminal or not", () => {
  for (const progress of ["tty", "plain", "json", "quiet"] as const) {
    for (const isTerminal of [true, false]) {
      assert.equal(progressMode({ progress }, around(isTerminal)), progress);
    }
  }
});

Deno.test("colours are for terminals, unless the user or NO_COLOR says otherwise", () => {
  assert.equal(isColored({}, around(true)), true);
  assert.equal(isColored({}, around(false)), false);
  assert.equal(isColored({}, around(true, { NO_COLOR: "1" })), false);
  assert.equal(isColored({}, around(true, { NO_COLOR: "" })), true);
  assert.equal(isColored({ ansi: "always" }, around(false, { NO_COLOR: "1" })), true);
  assert.equal(isColored({ ansi: "never" }, around(true)), false);
});

Deno.test("the variable CI says whether it is CI", () => {
  const of = (CI?: string) => isInCi(() => CI);
  assert.deepEqual([of(), of(""), of("false"), of("0")], [false, false, false, false]);
  assert.deepEqual([of("true"), of("1"), of("woodpecker")], [true, true, true]);
});
