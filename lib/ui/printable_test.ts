import assert from "node:assert/strict";
import { printable } from "./printable.ts";

Deno.test("what would steer the terminal is left out, and the rest stays", () => {
  const cases: [text: string, shown: string][] = [
    ["plain ünïcödé 日本 👍🏽", "plain ünïcödé 日本 👍🏽"],
    ["\x1b[31mred\x1b[0m", "red"],
    ["\x1b]0;title\x07text", "text"],
    ["\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"],
    ["a\tb", "a    b"],
    ["up\x1b[2A\x1b[Kand away", "upand away"],
    ["bell\x07 back\b null\0 csi\x9b2J", "bell back null csi"],
    ["\u202eesrever\u202c", "esrever"],
    ["\x1b", ""],
  ];
  for (const [text, shown] of cases) assert.equal(printable(text), shown, JSON.stringify(text));
});
