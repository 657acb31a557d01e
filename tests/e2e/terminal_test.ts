/** Acceptance: the live view of deploys in a real terminal. */
import assert from "node:assert/strict";
import { stringWidth } from "../../lib/deps/string_width.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { countedScript, patient, service } from "./harness/service.ts";
import { noTerminal, Terminal, type TerminalOptions } from "./harness/terminal.ts";

const options = { unless: noTerminal };

async function inTerminal(
  project: Project,
  { columns, rows, env }: TerminalOptions,
  act: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const terminal = await Terminal.kerek(["deploy"], project, {
    columns,
    rows,
    env: { NO_COLOR: "1", CI: "", ...env },
  });
  try {
    await act(terminal);
  } finally {
    await terminal.close();
  }
}

/** How often it is there. */
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

for (const columns of [80, 200]) {
  scenario(
    `a failure and its rollback are shown live, at ${columns} columns`,
    (project) => failsAndRollsBack(project, columns),
    options,
  );
  scenario(
    `Ctrl-C is shown at once, and what came of it, at ${columns} columns`,
    (project) => isInterrupted(project, columns),
    options,
  );
}

async function failsAndRollsBack(project: Project, columns: number): Promise<void> {
  const script = countedScript(
    // Long enough for it to be seen that it is waited for.
    "[ $VERSION-$n != B-2 ] || { rm /tmp/ok; sleep 5; echo last words; exit 3; }",
  );
  const volumes = ["starts:/starts"];
  const web = service({ replicas: 2, script }, { healthcheck: patient, volumes });
  const update = { order: "start-first", monitor: "300ms", failure_action: "rollback" };
  await project.define({
    services: {
      db: service({ order: "stop-first" }),
      web: { ...web, deploy: { replicas: 2, update_config: update } },
    },
    volumes: { starts: {} },
  });
  await project.deploy();
  await inTerminal(project, { columns, env: { VERSION: "B" } }, async (terminal) => {
    const first = await terminal.shows(/→ [█░]{6} web-\d+ +waiting until web-\d+ is ready/);
    assert.match(first, /^✔ db {3}1 of 1 replaced +[\d.]+ s$/m);
    assert.match(first, /^\S web {2}[01] of 2 replaced \(config hash .*\) +[\d.]+ s$/m);
    assert.equal(await terminal.hasCursor(), false);
    const all = await terminal.shows(/\[exit \d+\]/);
    assert.match(all, /^web-\d+ is not ready: it ended with exit code 3\n {2}\| last words$/m);
    assert.match(all, /^✘ web {2}rolled back, as before +[\d.]+ s$/m);
    assert.match(all, /^Failed after [^]* Mend it and\sdeploy again\.\n\[exit 4\]$/m);
    // Of what was shown meanwhile nothing is left.
    assert.doesNotMatch(all, /deploying|waiting until|█/);
    for (const line of all.split("\n")) assert.ok(stringWidth(line) <= columns, line);
    assert.equal(await terminal.hasCursor(), true);
  });
}

async function isInterrupted(project: Project, columns: number): Promise<void> {
  await project.define({ services: { web: service() } });
  await project.deploy();
  await project.define({
    services: {
      web: service({ script: "trap 'exit 0' TERM; sleep 99 & wait" }, { healthcheck: patient }),
    },
  });
  await inTerminal(project, { columns, env: { VERSION: "B" } }, async (terminal) => {
    await terminal.shows(/waiting until web-\d+ is ready/);
    await terminal.press("C-c");
    const all = await terminal.shows(/\[exit \d+\]/);
    assert.match(
      all,
      /^Interrupted: finishing what is in hand; another Ctrl-C ends kerek at once …$/m,
    );
    assert.match(all, /^✘ web {2}as before +[\d.]+ s$/m);
    assert.match(
      all,
      /^Interrupted after [^]* as it was before\. Deploy\sagain\sto go on\.\n\[exit 130\]$/m,
    );
    assert.doesNotMatch(all, /deploying|waiting until|█|\^C/);
    assert.equal(await terminal.hasCursor(), true);
  });
}

scenario("the view bears a terminal that gets narrower, and uses colours", async (project) => {
  // Long enough for it to be seen that it is waited for.
  const healthcheck = { ...patient, interval: "2s" };
  await project.define({ services: { web: service({ replicas: 2 }, { healthcheck }) } });
  await project.deploy();
  const env = { VERSION: "B", NO_COLOR: "" };
  await inTerminal(project, { columns: 120, env }, async (terminal) => {
    await terminal.shows(/waiting until web-\d+ is ready/);
    await terminal.resize(50);
    await terminal.shows(/\[exit 0\]/);
    // What a terminal has scrolled away when it wrapped its lines is out of reach.
    const all = (await terminal.lines({ isVisible: true })).join("\n");
    assert.equal(count(all, /^✔ web/gm), 1, all);
    assert.equal(count(all, /deploying|waiting until|█/g), 0, all);
    assert.ok(
      (await terminal.lines({ isColored: true })).some((line) => line.includes("\x1b[32m✔")),
    );
  });
}, options);
