import assert from "node:assert/strict";
import { doubts } from "./doubts.ts";

const stderr = [
  'time="2026-01-01T00:00:00Z" level=warning msg="The \\"TAG\\" variable is not set. Defaulting to a blank string."',
  'time="2026-01-01T00:00:00Z" level=warning msg="/c.yaml: the attribute `version` is obsolete"',
  'time="2026-01-01T00:00:00Z" level=warning msg="something else"',
].join("\n");

Deno.test("what Compose doubts has names, by which it is silenced", () => {
  assert.deepEqual(doubts(stderr, []), [
    'The "TAG" variable is not set. Defaulting to a blank string. [unset-variable]',
    "/c.yaml: the attribute `version` is obsolete [obsolete-key]",
    "something else [compose]",
  ]);
  assert.deepEqual(doubts(stderr, [], ["obsolete-key", "unset-variable"]), [
    "something else [compose]",
  ]);
});
