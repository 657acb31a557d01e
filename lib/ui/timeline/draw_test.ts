import assert from "node:assert/strict";
import { exits, healthy } from "../../execute/behaviour.ts";
import type { DeployEvent } from "../../execute/events.ts";
import { simulate, type Simulation } from "../../execute/simulate.ts";
import type { DesiredService } from "../../plan/model.ts";
import { parseDesired } from "../../plan/testing/notation.ts";
import { ansiPalette } from "../palette.ts";
import { width } from "../width.ts";
import { timelineLines } from "./draw.ts";
import { timelineOf } from "./timeline.ts";

const drawn = async (simulation: Simulation, columns = 72) => {
  const { events } = await simulate(simulation);
  return `\n${timelineLines(timelineOf(events), columns).join("\n")}\n`;
};

const gated: Partial<DesiredService> = {
  gates: [{
    probe: { kind: "exec", command: ["x"] },
    timeoutMs: 9e3,
    intervalMs: 200,
    successes: 3,
  }],
  drain: { settleMs: 200, waitMs: 300 },
};

const withAll = (text: string, others: Partial<DesiredService>): DesiredService[] =>
  parseDesired(text).map((service) => ({ ...service, ...others }));

const rolledBack: Partial<DesiredService> = {
  update: { ...parseDesired("Xb1+-")[0].update, failureAction: "rollback" },
};

const pictures: [what: string, Simulation, picture: string][] = [
  [
    "start-first, then stop-first",
    { actual: "Xa1 Ya1", desired: "Xb1+- Yb1-+" },
    `
test: 2.27 s
          ╷0 s         ╷0.5 s       ╷1 s          ╷1.5 s       ╷2 s
X (config hash a → b)
  X-1 old ───────────────────────────···┤
  X-2 new ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌─────────────────────────────────
Y (config hash a → b)
  Y-1 old ──────────────────────────────···┤
  Y-2 new                                  ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌─
  ├ begins  ┤ has ended  ╌ starts  ─ serves  · stops
`,
  ],
  [
    "gates and a drain",
    { actual: "Xa1", desired: withAll("Xb1+-", gated) },
    `
test: 2.04 s
          ╷0 s          ╷0.5 s         ╷1 s           ╷1.5 s
X (config hash a → b)
  X-1 old ──────────────────────────────────────────~~~~~~~~~~~~~~~···┤
  X-2 new ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌═════════════──────────────────
  ├ begins  ┤ has ended  ╌ starts  ═ is at its gates  ─ serves
  ~ drains  · stops
`,
  ],
  [
    "a failure and its rollback",
    {
      actual: "Xa1 Xa2",
      desired: withAll("Xb2+-", rolledBack),
      versions: { Xb: (nth) => nth === 2 ? exits(1, 250) : healthy() },
    },
    `
test: 2.42 s
          ╷0 s        ╷0.5 s       ╷1 s        ╷1.5 s       ╷2 s
X (config hash a → b)
  X-1 old ─────────────────────────···┤   ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌────
  X-3 new ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌───────────────────────────────···┤
  X-2 old ─────────────────────────────────────────────────────────────
  X-4 new                          ├╌╌╌╌╌╌✗
  1.28 s: X-4 is not ready: it ended with exit code 1
  1.28 s: Putting back what was not finished
  ├ begins  ┤ has ended  ╌ starts  ─ serves  · stops
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
test: 1.15 s
          ╷0 s      ╷0.2 s     ╷0.4 s    ╷0.6 s     ╷0.8 s     ╷1 s
X (config hash a → b)
  X-1 old ─·····┤├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌─
  X-2 new       ├┤
  0.13 s: Putting back what was not finished
  ├ begins  ┤ has ended  ╌ starts  ─ serves  · stops
`,
  ],
  [
    "additions, removals and what stays",
    { actual: "Xa1 Xb2 Za1", desired: "Xb2-+ Yb1+-", options: { removeOrphans: true } },
    `
test: 2.27 s
           ╷0 s         ╷0.5 s       ╷1 s         ╷1.5 s       ╷2 s
X (config hash a → b)
  X-1 old  ─··┤
  X-3 new     ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌──────────────────────────────
  X-2 kept ────────────────────────────────────────────────────────────
Y (not there yet)
  Y-1 new                                ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌────
Z (no longer in the Compose files)
  Z-1 old  ────────────────────────────────────────────────────────···┤
  ├ begins  ┤ has ended  ╌ starts  ─ serves  · stops
`,
  ],
];

for (const [what, simulation, picture] of pictures) {
  Deno.test(`the timeline shows ${what}`, async () => {
    assert.equal(await drawn(simulation), picture);
  });
}

Deno.test("requests are drawn where they were sent, those that failed over the others", async () => {
  const { events } = await simulate({ actual: "Xa1", desired: "Xb1+-" });
  const requests = Array.from({ length: 11 }, (_, i): DeployEvent => ({
    type: "request",
    at: 100 + i * 100,
    durationMs: 100,
    ...(i === 5 ? { failure: "connection refused" } : { status: 200 }),
  }));
  const lines = timelineLines(timelineOf([...events, ...requests]), 72);
  const at = lines.indexOf("requests (11 sent, 1 failed)");
  assert.equal(lines[at + 1].trim(), "·    ·    ·     ·    ·    ✗     ·    ·    ·     ·    ·");
});

Deno.test("nothing is drawn of a deploy that did nothing", async () => {
  assert.equal(await drawn({ actual: "Xa1", desired: "Xa1+-" }), "\n\n");
});

Deno.test("a timeline is as wide as the terminal at most, with colours or without", async () => {
  const { events } = await simulate({ actual: "Xa1 Ya1", desired: "Xb1+- Yb1-+" });
  for (const columns of [40, 80, 200]) {
    for (const line of timelineLines(timelineOf(events), columns, ansiPalette)) {
      assert.ok(width(line) <= columns, `${columns}: ${line}`);
    }
  }
});

Deno.test("of a long name, what tells it from others is shown", async () => {
  const name = "a-service-with-a-name-as-long-as-can-be";
  const desired = parseDesired("Xb1+-").map((service) => ({ ...service, name }));
  const { events } = await simulate({ actual: [], desired });
  const lines = timelineLines(timelineOf(events), 40);
  assert.match(lines[3], /^ {2}…[a-z-]*-can-be-1 new ├╌+─+$/);
});
