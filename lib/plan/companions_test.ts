import assert from "node:assert/strict";
import { companions } from "./companions.ts";
import { desired } from "./testing/notation.ts";

Deno.test("all that the created services depend on is named beside them, however indirectly", () => {
  const services = [
    desired("cache"),
    desired("db", { dependsOn: ["volume"] }),
    desired("other", { dependsOn: ["cache"] }),
    desired("volume"),
    desired("web", { dependsOn: ["db", "worker"] }),
    desired("worker", { dependsOn: ["db", "inactive"] }),
  ];
  const counts: Record<string, number> = { db: 2 };
  assert.deepEqual(companions(["web", "db"], services, (name) => counts[name] ?? 0), [
    { service: "worker", existing: 0, missing: 0 },
    { service: "volume", existing: 0, missing: 0 },
  ]);
  assert.deepEqual(companions(["worker"], services, (name) => counts[name] ?? 0), [
    { service: "db", existing: 2, missing: 0 },
    { service: "volume", existing: 0, missing: 0 },
  ]);
});
