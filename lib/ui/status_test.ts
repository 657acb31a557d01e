import assert from "node:assert/strict";
import type { Replica } from "../plan/model.ts";
import { statusLines, statusValue } from "./status.ts";

const replica = (name: string, changes: Partial<Replica> = {}): Replica => ({
  id: `id-of-${name}`,
  name,
  number: 1,
  service: "web",
  revision: "abcdef0123",
  status: "running",
  ...changes,
});

const status = {
  project: "shop",
  services: [
    {
      name: "db",
      wanted: 1,
      replicas: [replica("shop-db-1", { imageIds: ["1".repeat(64)] })],
      drift: "",
    },
    {
      name: "web",
      wanted: 3,
      replicas: [
        replica("shop-web-1", { health: "healthy" }),
        replica("shop-web-10", { health: "unhealthy", revision: "" }),
      ],
      drift: "config hash abcdef0 → 9876543",
    },
  ],
  orphans: [replica("shop-old-1", { status: "exited" })],
  lock: { holder: "ops@there (process 7, since 2026-01-02T03:04:05Z)", isAlive: true },
};

Deno.test("a project is shown service by service", () => {
  assert.deepEqual(statusLines(status), [
    "db: 1 of 1 serving, up to date",
    "  shop-db-1  running  config abcdef0  image 111111111111",
    "web: 1 of 3 serving, a deploy would change it (config hash abcdef0 → 9876543)",
    "  shop-web-1   running (healthy)    config abcdef0",
    "  shop-web-10  running (unhealthy)  config none",
    "No longer in the Compose files:",
    "  shop-old-1  exited  config abcdef0",
    "ops@there (process 7, since 2026-01-02T03:04:05Z) is deploying shop.",
  ]);
});

Deno.test("programs get the same in full", () => {
  const value = statusValue({ ...status, orphans: [], lock: undefined });
  assert.deepEqual(value.services[0], {
    name: "db",
    wanted: 1,
    serving: 1,
    drift: null,
    replicas: [{
      id: "id-of-shop-db-1",
      name: "shop-db-1",
      service: "web",
      number: 1,
      status: "running",
      health: null,
      configHash: "abcdef0123",
      imageId: "1".repeat(64),
    }],
  });
  assert.deepEqual([value.orphans, value.lock], [[], null]);
});
