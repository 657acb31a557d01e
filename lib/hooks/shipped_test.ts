import assert from "node:assert/strict";
import { shippedHooks } from "./shipped.ts";

Deno.test("each module of hooks/ is known, and each that is known is there", () => {
  const folder = new URL("../../hooks/", import.meta.url);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".ts")).map((name) => name.replace(/\.ts$/, "")).sort();
  assert.deepEqual(Object.keys(shippedHooks).sort(), files);
});
