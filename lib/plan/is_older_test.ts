import assert from "node:assert/strict";
import { isOlder } from "./is_older.ts";

Deno.test("versions are compared by their numbers, as far as the second one tells", () => {
  const cases: [version: string, than: string, expected: boolean][] = [
    ["20.10.24+dfsg1", "25", true],
    ["25.0.0", "25", false],
    ["28.0.4", "28.1", true],
    ["28.10.0", "28.2", false],
    ["28", "28.1", true],
    ["28.1.1", "28.1", false],
    ["v2.29.7", "2.30", true],
    ["2.26.1-4", "2.26.1", false],
    ["5.0.0", "2.38", false],
  ];
  for (const [version, than, expected] of cases) {
    assert.equal(isOlder(version, than), expected, `${version} < ${than}`);
  }
});
