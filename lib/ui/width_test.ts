import assert from "node:assert/strict";
import { wrap } from "./width.ts";

Deno.test("lines are broken between words", () => {
  const cases: [text: string, columns: number, lines: string[]][] = [
    ["one two three", 20, ["one two three"]],
    ["one two three", 13, ["one two three"]],
    ["one two three", 12, ["one two", "three"]],
    ["one two three", 3, ["one", "two", "three"]],
    ["", 5, [""]],
  ];
  for (const [text, columns, lines] of cases) assert.deepEqual(wrap(text, columns), lines);
});
