import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { version } from "../version.ts";

Deno.test("kerek's version is the one of deno.json", () => {
  assert.equal(version, config.version);
});
