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
      isJob: false,
      replicas: [replica("shop-db-1", { imageIds: ["1".repeat(64)] })],
      drift: "",
    },
    {
      name: "web",
      wanted: 3,
      isJob: false,
      replicas: [
        replica("shop-web-1", { health: "healthy" }),
        replica("shop-web-10", { health: "unhealthy", revision: "" }),
      ],
      drift: "config hash abcdef0 → 9876543",
    },
  ],
  orphans: [replica("shop-old-1", { status: "exited", exitCode: 137 })],
  lock: { holder: "ops@there (process 7, since 2026-01-02T03:04:05Z)", isAlive: true },
};

Deno.test("one that its service's name does not lead to is told from others", () => {
  const hidden = replica("shop-web-1", { health: "healthy", isHidden: true });
  const services = [{ ...status.services[1], replicas: [hidden] }];
  assert.equal(
    statusLines({ ...status, services })[1],
    "  shop-web-1  running (healthy, hidden from DNS)  config abcdef0",
  );
});

Deno.test("a project is shown service by service", () => {
  assert.deepEqual(statusLines(status), [
    "db: 1 of 1 serving, up to date",
    "  shop-db-1  running  config abcdef0  image 111111111111",
    "web: 1 of 3 serving, a deploy would change it (config hash abcdef0 → 9876543)",
    "  shop-web-1   running (healthy)    config abcdef0",
    "  shop-web-10  running (unhealthy)  config none",
    "No longer in the Compose files:",
    "  shop-old-1  exited (137)  config abcdef0",
    "ops@there (process 7, since 2026-01-02T03:04:05Z) is deploying shop.",
  ]);
});

Deno.test("of a service that is up to date, it is said what does not serve", () => {
  const of = (isJob: boolean, ...replicas: Partial<Replica>[]) =>
    statusLines({
      ...status,
      services: [{
        ...{ name: "web", wanted: replicas.length, isJob, drift: "" },
        replicas: replicas.map((changes) => replica("shop-web-1", changes)),
      }],
      orphans: [],
      lock: undefined,
    })[0];
  const ended = { status: "exited" as const, exitCode: 0, hasCompleted: true };
  const cases: [line: string, expected: string][] = [
    [of(false, {}), "web: 1 of 1 serving, up to date"],
    [of(false, { health: "unhealthy" }), "0 of 1 serving, up to date, but not all well: unhealthy"],
    [
      of(false, {}, { status: "paused" }, { health: "starting" }, { isHidden: true }),
      "1 of 4 serving, up to date, but not all well: paused, starting, hidden from DNS",
    ],
    [of(true, ended), "web: has run, up to date"],
    [of(true, { status: "exited", exitCode: 3 }), "web: has failed, up to date"],
    [of(true), "web: has not run, up to date"],
    [of(true, {}), "web: running, up to date"],
  ];
  for (const [line, expected] of cases) assert.ok(line.endsWith(expected), line);
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
      exitCode: null,
      configHash: "abcdef0123",
      imageId: "1".repeat(64),
    }],
  });
  assert.deepEqual([value.orphans, value.lock], [[], null]);
});
