import assert from "node:assert/strict";
import { exits, healthy } from "../../execute/behaviour.ts";
import type { DeployEvent } from "../../execute/events.ts";
import { simulate, type Simulation } from "../../execute/simulate.ts";
import type { DesiredService } from "../../plan/model.ts";
import { parseDesired } from "../../plan/testing/notation.ts";
import { ansiPalette } from "../palette.ts";
import { width } from "../width.ts";
import type { Frame } from "./picture.ts";
import { render } from "./render.ts";
import { emptyView, fold } from "./view.ts";

/** What the view of these events shows at a moment, the log in front. */
function frameAt(events: readonly DeployEvent[], now: number, frame: Partial<Frame> = {}): string {
  const view = events.filter(({ at }) => at <= now).reduce(fold, emptyView(0));
  return ["", ...view.log, ...render(view, { columns: 80, now, ...frame }), ""].join("\n");
}

const rolledBack: DesiredService[] = parseDesired("Xb2+- Zb1+-").map((service) => ({
  ...service,
  update: { ...service.update, failureAction: "rollback" },
}));

const deploys: Record<string, Simulation> = {
  "an update": { actual: "Xa1 Xa2 Ya1", desired: "Xb2+- Yb1-+" },
  "a failure and its rollback": {
    actual: "Xa1 Xa2 Za1",
    desired: rolledBack,
    versions: { Xb: (nth) => nth === 2 ? exits(1, 250) : healthy() },
  },
  "a pull": {
    actual: "Xa1",
    desired: "Xb1+-",
    missingImages: ["X-image"],
    faults: [{ call: "pull", error: new Error("no such image") }],
  },
};

const frames: [deploy: string, at: number, frame: string][] = [
  [
    "an update",
    0,
    `
Warning: mind the gap
test: deploying                                                           0.0 s
· X  waits (config hash a → b)
· Y  waits (config hash a → b)
⠋ creating 2 replicas of X, 1 replica of Y                                0.0 s
`,
  ],
  [
    "an update",
    500,
    `
Warning: mind the gap
test: deploying                                                           0.5 s
⠴ X  0 of 2 replaced (config hash a → b)                                  0.5 s
    X-1 ██████ → ██░░░░ X-3  waiting until X-3 is ready                   0.5 s
· Y  waits (config hash a → b)
`,
  ],
  [
    "an update",
    1_050,
    `
Warning: mind the gap
test: deploying                                                           1.1 s
⠋ X  0 of 2 replaced (config hash a → b)                                  1.0 s
    X-1 ██░░░░ → ██████ X-3  stopping X-1                                 0.0 s
    X-2 ██████ → ██░░░░ X-4  waiting until X-4 is ready                   0.0 s
· Y  waits (config hash a → b)
`,
  ],
  [
    "an update",
    2_500,
    `
Warning: mind the gap
test: deploying                                                           2.5 s
✔ X  2 of 2 replaced                                                      2.1 s
⠴ Y  0 of 1 replaced (config hash a → b)                                  0.3 s
    Y-1 ░░░░░░ → ██░░░░ Y-2  waiting until Y-2 is ready                   0.2 s
`,
  ],
  [
    "an update",
    Infinity,
    `
Warning: mind the gap
✔ X  2 of 2 replaced                                                      2.1 s
✔ Y  1 of 1 replaced                                                      1.1 s
Deployed X, Y in 3.28 s.
`,
  ],
  [
    "a failure and its rollback",
    1_200,
    `
Warning: mind the gap
test: deploying                                                           1.2 s
⠹ X  1 of 2 replaced (config hash a → b)                                  1.2 s
    X-2 ██████ → ██░░░░ X-4  waiting until X-4 is ready                   0.2 s
· Z  waits (config hash a → b)
`,
  ],
  [
    "a failure and its rollback",
    1_700,
    `
Warning: mind the gap
X-4 is not ready: it ended with exit code 1
  | test-X-4 says hello
  | and no more
Putting back what was not finished …
test: putting back what was not finished                                  1.7 s
✘ X  0 of 2 replaced (config hash a → b)                                  1.7 s
    X-1 ██░░░░ → ██████ X-3  waiting until X-1 is ready (rolled back)     0.4 s
· Z  0 of 1 replaced (config hash a → b)                                  0.4 s
`,
  ],
  [
    "a failure and its rollback",
    Infinity,
    `
Warning: mind the gap
X-4 is not ready: it ended with exit code 1
  | test-X-4 says hello
  | and no more
Putting back what was not finished …
✘ X  rolled back, as before                                               2.4 s
· Z  not reached, as before                                               0.0 s
Failed after 2.42 s; what runs is as it was before. Mend it and deploy again.
`,
  ],
  [
    "a pull",
    Infinity,
    `
Warning: mind the gap
Cannot pull images of X: no such image
· X  not reached, as before
Failed after 0.01 s; nothing that runs was touched.
`,
  ],
];

const events: Record<string, DeployEvent[]> = {};
for (const [what, simulation] of Object.entries(deploys)) {
  events[what] = (await simulate(simulation)).events;
}

for (const [what, at, frame] of frames) {
  Deno.test(`the live view of ${what} at ${at} ms`, () => {
    const shown = () => frameAt(events[what], at);
    assert.equal(shown(), frame);
  });
}

Deno.test("before there is a plan, the view says what is done, or waited for", () => {
  const waiting: DeployEvent = { type: "lock", at: 5, state: "waiting", holder: "ann@there" };
  assert.equal(
    frameAt([], 1_500),
    "\nlooking at what should be and what is" + " ".repeat(37) + "1.5 s\n",
  );
  assert.match(frameAt([waiting], 9_000), /waiting for ann@there, which is deploying it +9\.0 s/);
});

Deno.test("what builds and pulls print is one line, and whole when they fail", () => {
  const [planned, started, failed] = events["a pull"];
  const output: DeployEvent = { type: "output", at: 0, text: "layer 1\n\rlayer \x1b[31m2\n" };
  const inHand = frameAt([planned, started, output], 0);
  assert.ok(inHand.includes("\n  | layer 2\n") && !inHand.includes("layer 1"), inHand);
  const over = frameAt([planned, started, output, failed], failed.at);
  assert.match(over, /\n {2}\| layer 1\n {2}\| layer 2\nCannot pull images of X: no such image\n/);
});

Deno.test("an interruption is shown at once, and stays", () => {
  const [planned, ...others] = events["an update"];
  const interrupted: DeployEvent = { type: "interrupted", at: 20 };
  const shown = frameAt([planned, interrupted], 20);
  assert.match(
    shown,
    /^\nWarning.*\nInterrupted: .*\ntest: interrupted, finishing what is in hand/,
  );
  assert.match(frameAt([planned, interrupted, ...others], Infinity), /\nInterrupted: /);
});

Deno.test("requests are counted", () => {
  const [planned] = events["an update"];
  const request = (failure?: string): DeployEvent => ({
    type: "request",
    at: 0,
    durationMs: 1,
    ...(failure ? { failure } : { status: 200 }),
  });
  assert.match(frameAt([planned, request()], 0), /\nrequests: 1 sent, none failed\n/);
  assert.match(frameAt([planned, request(), request("x")], 0), /\nrequests: 2 sent, 1 failed\n/);
});

Deno.test("where there is no room, what is going on is shown, and the rest is counted", async () => {
  const names = [..."ABCDEFGHIJKLMNOP"];
  const { events } = await simulate({
    actual: names.map((name) => `${name}a1`).join(" "),
    desired: names.map((name) => `${name}b1+-`).join(" "),
  });
  const lines = frameAt(events, 5_000, { rows: 6 }).trim().split("\n").slice(1);
  assert.equal(lines.length, 6);
  assert.match(lines.join("\n"), /\n⠋ E +0 of 1 replaced.*\n.*E-1.*E-2.*\n[^]*… and \d+ more$/);
});

Deno.test("no line is longer than the terminal is wide, whatever is in it", () => {
  for (const columns of [10, 40, 80, 200]) {
    for (const what of Object.keys(deploys)) {
      for (const at of [0, 500, 1_200, 1_700, Infinity]) {
        const view = events[what].filter((event) => event.at <= at).reduce(fold, emptyView(0));
        for (const line of render(view, { columns, now: at, palette: ansiPalette })) {
          assert.ok(width(line) < Math.max(11, columns) + (view.end ? 200 : 0), line);
          assert.ok(!line.includes("\n"));
        }
      }
    }
  }
});
