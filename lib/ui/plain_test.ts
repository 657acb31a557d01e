import assert from "node:assert/strict";
import { KerekError } from "../errors.ts";
import { exits, healthy } from "../execute/behaviour.ts";
import type { DeployEvent } from "../execute/events.ts";
import { simulate, type Simulation } from "../execute/simulate.ts";
import type { Plan, PlanOptions } from "../plan/model.ts";
import { parseActual, parseDesired } from "../plan/testing/notation.ts";
import { planFor } from "../plan/testing/plan_for.ts";
import { type ToldCauses, withoutOldCause } from "./causes.ts";
import { closingLine, plainLines } from "./plain.ts";

function text(events: DeployEvent[]): string {
  let told: ToldCauses = {};
  return events.flatMap((event) => {
    const next = withoutOldCause(told, event);
    told = next.told;
    return plainLines(next.event);
  }).join("\n");
}

type Transcript = [what: string, Simulation, lines: string];

const transcripts: Transcript[] = [
  [
    "an update of two services",
    {
      actual: "Xa1 Ya1",
      desired: "Xb1+- Yb1-+",
      options: { wait: true },
    },
    `
Warning: mind the gap
Created 1 replica of X, 1 replica of Y: test-X-2, test-Y-2 (0.01 s; config hash a → b)
Started X-2 (0.01 s)
X-2 is healthy (1.00 s)
Stopped X-1 (0.11 s)
Removed X-1 (0.01 s)
Stopped Y-1 (0.11 s)
Started Y-2 (0.01 s)
Y-2 is healthy (1.00 s)
Removed Y-1 (0.01 s)
Deployed X, Y in 2.27 s.
`,
  ],
  [
    "a new version that ends by itself",
    {
      actual: "Xa1 Xa2",
      desired: "Xb2+-",
      versions: { Xb: (nth) => nth === 2 ? exits(1, 250) : healthy() },
    },
    `
Warning: mind the gap
Created 2 replicas of X: test-X-3, test-X-4 (0.01 s; config hash a → b)
Started X-3 (0.01 s)
X-3 is healthy (1.00 s)
Started X-4 (0.01 s)
Stopped X-1 (0.11 s)
Removed X-1 (0.01 s)
X-4 is not ready: it ended with exit code 1
  | test-X-4 says hello
  | and no more
Putting back what was not finished …
Removed X-4 (0.01 s; it did not get into service)
X: 1 of 2 replicas updated, the others are as before
Failed after 1.29 s; what was done for X stays, all else is as before. Mend it and deploy again.
`,
  ],
  [
    "a new version that is left, as it failed beside one that did not",
    {
      actual: "Xa1 Ya1",
      desired: "Xb1+- Yb1-+",
      options: { noRollback: true },
      versions: { Yb: () => exits(1, 250) },
    },
    `
Warning: mind the gap
Created 1 replica of X, 1 replica of Y: test-X-2, test-Y-2 (0.01 s; config hash a → b)
Started X-2 (0.01 s)
X-2 is healthy (1.00 s)
Stopped X-1 (0.11 s)
Removed X-1 (0.01 s)
Stopped Y-1 (0.11 s)
Started Y-2 (0.01 s)
Y-2 is not ready: it ended with exit code 1
hint: It stays, stopped: \`docker logs created-2\` and \`docker inspect created-2\` show more.
  | test-Y-2 says hello
  | and no more
Putting back what was not finished …
Stopped Y-2 (0.01 s; left for inspection, as --no-rollback asks)
Started Y-1 (0.01 s; its replacement failed)
Y-1 is healthy (1.00 s)
X: updated
Y: as before
Failed after 2.53 s; what was done for X stays, all else is as before. Mend it and deploy again.
`,
  ],
  [
    "an old container that cannot be removed",
    {
      actual: "Xa1",
      desired: "Xb1-+",
      faults: [{
        call: "remove",
        error: new KerekError("device or resource busy", { hint: "See what holds it." }),
      }],
      missingImages: ["X-image"],
    },
    `
Warning: mind the gap
Pulling images of X …
Pulled images of X (0.01 s; missing: X-image)
Created 1 replica of X: test-X-2 (0.01 s; config hash a → b)
Stopped X-1 (0.11 s)
Started X-2 (0.01 s)
X-2 is healthy (1.00 s)
Cannot remove X-1: device or resource busy
hint: See what holds it.
Putting back what was not finished …
Cannot remove X-1: device or resource busy
hint: See what holds it.
X: updated
Failed after 1.16 s, and not all could be put back: see the lines above and \`docker compose ps --all\`.
`,
  ],
  [
    "an interruption",
    {
      actual: "Xa1",
      desired: "Xb1-+",
      interruptAt: (event) => event.type === "step-started" && event.step.action.kind === "ready",
    },
    `
Warning: mind the gap
Created 1 replica of X: test-X-2 (0.01 s; config hash a → b)
Stopped X-1 (0.11 s)
Started X-2 (0.01 s)
Putting back what was not finished …
Removed X-2 (0.01 s; it did not get into service)
Started X-1 (0.01 s; its replacement was not finished)
X-1 is healthy (1.00 s)
X: as before
Interrupted after 1.15 s; what was not done is as it was before. Deploy again to go on.
`,
  ],
  [
    "a failure before anything is touched",
    {
      actual: "Xa1",
      desired: "Xb1-+",
      faults: [{ call: "create", error: new Error("no space left on device") }],
    },
    `
Warning: mind the gap
Cannot create 1 replica of X: no space left on device
Failed after 0.01 s; nothing that runs was touched.
`,
  ],
  [
    "nothing to do",
    { actual: "Xa1 Ya1", desired: "Xa1-+ Ya1+-" },
    `
Warning: mind the gap
Nothing to do: 2 services are up to date.
`,
  ],
];

for (const [what, simulation, lines] of transcripts) {
  Deno.test(`plain lines of ${what}`, async () => {
    const { events } = await simulate(simulation);
    assert.equal(`\n${text(events)}\n`, lines);
  });
}

Deno.test("a dry run tells what a deploy would do, and why", () => {
  const dryRun = (actual: string, desired: string) => {
    const plan = planFor(parseDesired(desired), parseActual(actual), { removeOrphans: true });
    return `\n${text([{ type: "planned", at: 0, dryRun: true, plan }])}\n`;
  };
  assert.equal(
    dryRun("Xa1 Ya1 Za1", "Xb1+- Yb1-+@X"),
    `
Warning: mind the gap
Would create 1 replica of X (config hash a → b)
Would start X-2 (config hash a → b)
Would wait until X-2 is ready (config hash a → b)
Would stop X-1 (config hash a → b)
Would remove X-1 (config hash a → b)
Would create 1 replica of Y (shares with X, which is replaced)
Would stop Y-1 (shares with X, which is replaced)
Would start Y-2 (shares with X, which is replaced)
Would wait until Y-2 is ready (shares with X, which is replaced)
Would remove Y-1 (shares with X, which is replaced)
Would stop Z-1 (no longer in the Compose files)
Would remove Z-1 (no longer in the Compose files)
`,
  );
  assert.equal(
    dryRun("Xa1", "Xa1+-"),
    `
Warning: mind the gap
Nothing to do: 1 service is up to date.
`,
  );
});

Deno.test("output of builds and pulls is indented, without its empty lines", () => {
  const output = { type: "output", at: 0, text: "#1 load\n\n  #2 build\n" } as const;
  assert.deepEqual(plainLines(output), ["  | #1 load", "  |   #2 build"]);
});

Deno.test("the closing line says what was done", () => {
  const closing = (
    actual: string,
    desired: string,
    options: Partial<PlanOptions> = {},
    purpose?: Plan["purpose"],
  ) => {
    const plan = planFor(parseDesired(desired), parseActual(actual), options);
    return closingLine({
      ...{ outcome: "done", services: [], durationMs: 1000 },
      plan: purpose ? { ...plan, purpose } : plan,
    });
  };
  const orphans = { removeOrphans: true };
  assert.equal(closing("Xa1 Ya1", "Xb1+- Yb1+-"), "Deployed X, Y in 1.00 s.");
  assert.equal(closing("Xa1 Ya1", "Xb1+-", orphans), "Deployed X and removed Y in 1.00 s.");
  assert.equal(closing("Xb1 Ya1", "Xb1+-", orphans), "Removed Y in 1.00 s.");
  assert.equal(closing("Xa1", "Xb1+-", {}, "rollback"), "Rolled back X in 1.00 s.");
  assert.equal(
    closing("Xa1", "Xb1+-", { noStart: true }),
    "Created containers of X in 1.00 s; none was started.",
  );
  const nothing = (actual: string, options: Partial<PlanOptions>) =>
    closingLine({
      ...{ outcome: "nothing", services: [], durationMs: 0 },
      plan: planFor(parseDesired("Xb1+-"), parseActual(actual), options),
    });
  assert.equal(nothing("Xb1", { noStart: true }), "Nothing to do: 1 service is up to date.");
  assert.equal(
    nothing("Xa1 Xb2,", { noStart: true }),
    "Nothing to create: all containers are there; deploy without --no-start to go on.",
  );
});
