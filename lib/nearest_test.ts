import assert from "node:assert/strict";
import { nearest } from "./nearest.ts";

Deno.test("a slip of the finger finds the name that was meant", () => {
  const known = ["web", "worker", "reverse-proxy"];
  const cases: [name: string, meant: string | undefined][] = [
    ["web", "web"],
    ["wbe", "web"],
    ["workr", "worker"],
    ["reverse_proxy", "reverse-proxy"],
    ["reverseprxy", "reverse-proxy"],
    ["database", undefined],
    ["we", "web"],
    ["werker", "worker"],
    ["", undefined],
    ["x", undefined],
  ];
  for (const [name, meant] of cases) assert.equal(nearest(name, known), meant, name);
  assert.equal(nearest("web", []), undefined);
  assert.equal(nearest("ap", ["api", "app", "app2"]), "api or app");
});
