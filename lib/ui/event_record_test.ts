import assert from "node:assert/strict";
import { Ajv } from "../deps/ajv.ts";
import { KerekError } from "../errors.ts";
import { exits, healthy } from "../execute/behaviour.ts";
import type { DeployEvent } from "../execute/events.ts";
import { simulate, type Simulation } from "../execute/simulate.ts";
import { parseDesired } from "../plan/testing/notation.ts";
import { eventRecord } from "./event_record.ts";
import { eventSchemaText, recordVersion } from "./event_schema.ts";

const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(eventSchemaText()));

const recordOf = (event: DeployEvent) => JSON.parse(JSON.stringify(eventRecord(event)));

function assertValid(record: unknown) {
  assert.ok(validate(record), JSON.stringify([record, validate.errors]));
}

const simulations: [what: string, Simulation, outcome: string][] = [
  ["an update", { actual: "Xa1 Ya1 Za1", desired: "Xb1+- Yb1-+ Za1-+" }, "done"],
  ["nothing to do", { actual: "Xa1", desired: "Xa1+-" }, "nothing"],
  [
    "a new version that ends by itself",
    {
      actual: "Xa1 Xa2",
      desired: "Xb2+-",
      versions: { Xb: (nth) => nth === 2 ? exits(1, 250) : healthy() },
    },
    "restored",
  ],
  [
    "an old container that cannot be removed",
    {
      actual: "Xa1",
      desired: "Xb1-+",
      missingImages: ["X-image"],
      faults: [{ call: "remove", error: new KerekError("busy", { hint: "See what holds it." }) }],
    },
    "not-restored",
  ],
  [
    "an interruption",
    {
      actual: "Xa1",
      desired: "Xb1-+",
      interruptAt: (event) => event.type === "step-started" && event.step.action.kind === "ready",
    },
    "interrupted",
  ],
];

for (const [what, simulation, outcome] of simulations) {
  Deno.test(`each record of ${what} is as the schema says`, async () => {
    const { events } = await simulate(simulation);
    const records = events.map(recordOf);
    records.forEach(assertValid);
    assert.deepEqual(records.map(({ type }) => type), events.map(({ type }) => type));
    assert.equal(records.at(-1).outcome, outcome);
  });
}

Deno.test("records of what simulations do not have are as the schema says", () => {
  assertValid(recordOf({ type: "output", at: 0, text: "#1 load" }));
  assertValid(recordOf({ type: "lock", at: 0, state: "lost", holder: "a deploy of ann" }));
  assertValid(recordOf({ type: "interrupted", at: 0 }));
  assertValid(recordOf({ type: "request", at: 0, durationMs: 1, status: 200 }));
  assertValid(recordOf({ type: "request", at: 0, durationMs: 1, status: 502, failure: "x" }));
  const probed = { type: "probed", at: 0, url: "http://a/", sent: 2 } as const;
  assertValid(recordOf({ ...probed, failed: 0 }));
  assertValid(recordOf({ ...probed, failed: 1, firstFailure: "x" }));
  const error: DeployEvent = { type: "error", at: 0, message: "x", details: ["y"], exitCode: 3 };
  assertValid(recordOf(error));
  assertValid(recordOf({ ...error, hint: "z" }));
  assertValid(recordOf({ type: "hook-log", at: 0, module: "a.ts", text: "x" }));
});

Deno.test("the schema refuses what is no record", () => {
  const good = { version: recordVersion, at: 0, type: "output", text: "x" };
  assertValid(good);
  assertValid({ ...good, added: "later" });
  for (const odd of [{ version: 2 }, { at: "0" }, { type: "other" }, { text: 1 }]) {
    assert.equal(validate({ ...good, ...odd }), false, JSON.stringify(odd));
  }
});

Deno.test("a step says in words and by names what it is about", async () => {
  const { events } = await simulate({ actual: "Xa1", desired: "Xb1+-" });
  const start = events.map(recordOf).find(({ step }) => step?.action === "start");
  assert.deepEqual({ ...start.step, id: "" }, {
    id: "",
    action: "start",
    text: "start X-2",
    cause: "config hash a → b",
    container: "X-2",
    service: "X",
    role: "new",
    swap: "X/swap-1",
  });
});

Deno.test("commands and environments of lifecycle hooks stay out of records", async () => {
  const exec = { command: ["login", "hunter2"], environment: { TOKEN: "hunter2" } };
  const desired = parseDesired("Xb1+-").map((service) => ({
    ...service,
    postStart: [exec],
    preStop: [exec],
  }));
  const { events } = await simulate({ actual: "Xa1", desired });
  assert.ok(JSON.stringify(events).includes("hunter2"));
  assert.ok(!JSON.stringify(events.map(recordOf)).includes("hunter2"));
});
