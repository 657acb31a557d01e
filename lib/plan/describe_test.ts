import assert from "node:assert/strict";
import { cannot, describe, doing, done, wouldDo } from "./describe.ts";
import type { Action } from "./model.ts";

const container = { kind: "new", service: "web", number: 4, index: 0 } as const;
const gate = { monitorMs: 0, steadyMs: 0, mayComplete: false, health: true };
const creation = (service: string, missing: number) => ({ service, existing: 1, missing });
const create = (...services: ReturnType<typeof creation>[]): Action => ({
  kind: "create",
  services,
});

const cases: [Action, would: string, doing: string, done: string][] = [
  [
    { kind: "build", services: ["web", "worker"] },
    "Would build images of web, worker",
    "Building images of web, worker",
    "Built images of web, worker",
  ],
  [
    { kind: "pull", services: ["web"] },
    "Would pull images of web",
    "Pulling images of web",
    "Pulled images of web",
  ],
  [
    create(creation("web", 3), creation("db", 0), creation("worker", 1)),
    "Would create 3 replicas of web, 1 replica of worker",
    "Creating 3 replicas of web, 1 replica of worker",
    "Created 3 replicas of web, 1 replica of worker",
  ],
  [
    create(creation("web", 0)),
    "Would create networks and volumes",
    "Creating networks and volumes",
    "Created networks and volumes",
  ],
  [
    { kind: "inject", container },
    "Would put configs and secrets into web-4",
    "Putting configs and secrets into web-4",
    "Put configs and secrets into web-4",
  ],
  [{ kind: "start", container }, "Would start web-4", "Starting web-4", "Started web-4"],
  [
    { kind: "ready", container, gate },
    "Would wait until web-4 is ready",
    "Waiting until web-4 is ready",
    "Waited until web-4 is ready",
  ],
  [{ kind: "stop", container }, "Would stop web-4", "Stopping web-4", "Stopped web-4"],
  [
    { kind: "remove", container, discard: false },
    "Would remove web-4",
    "Removing web-4",
    "Removed web-4",
  ],
  [
    { kind: "recreate", service: "web", beside: [] },
    "Would recreate web by Compose's own means",
    "Recreating web by Compose's own means",
    "Recreated web by Compose's own means",
  ],
  [
    { kind: "verify", service: "web", gate },
    "Would wait until web is running or healthy",
    "Waiting until web is running or healthy",
    "Waited until web is running or healthy",
  ],
];

for (const [action, ...sentences] of cases) {
  Deno.test(`${action.kind} is told alike before, while and after it is done`, () => {
    const phrase = describe(action);
    assert.deepEqual([wouldDo(phrase), doing(phrase), done(phrase)], sentences);
  });
}

Deno.test("a failure is told with its reason", () => {
  const phrase = describe({ kind: "start", container });
  assert.equal(cannot(phrase, "port is taken"), "Cannot start web-4: port is taken");
});
