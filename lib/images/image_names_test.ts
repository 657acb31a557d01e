import assert from "node:assert/strict";
import { imageNames } from "./image_names.ts";

Deno.test("names come from operands and from lines", () => {
  assert.deepEqual(imageNames(["a", "-", "b", "a"], "c\r\n\n  d:1 \nb\n"), ["a", "c", "d:1", "b"]);
  assert.deepEqual(imageNames(["-"], ""), []);
});
