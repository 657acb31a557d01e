import assert from "node:assert/strict";
import { integerFrom } from "./values.ts";

Deno.test("integers are whole, safe, and not below the least", () => {
  for (const [text, value] of [["0", 0], ["007", 7], ["+5", 5], ["-1", -1]] as const) {
    assert.equal(integerFrom(-1)(text), value);
  }
  for (const text of ["", " ", "-2", "1.5", "1e3", "0x1", "9007199254740992", "1s", "--1"]) {
    assert.throws(() => integerFrom(-1)(text), /whole number, -1 or more/, text);
  }
});
