/**
 * Acceptance: what a failing new replica leaves, by update policy. Chosen cases of the matrix that
 * lib/execute/policy_test.ts goes through in memory.
 */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { validLines } from "./harness/event_lines.ts";
import type { Container, Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { countedScript, service } from "./harness/service.ts";

/** How a replica fails, and what is said of it. */
const failures = {
  exits: /^web-\d+ is not ready: it ended with exit code 7$/m,
  "is never healthy": /^web-\d+ is not ready: it is unhealthy$/m,
  "turns unhealthy": /^web-\d+ is not ready: it is unhealthy$/m,
  "is refused": /^web-\d+ is refused: exec gate .* did not pass in 4 s, last: exit code 1$/m,
};

interface Case {
  order: "start-first" | "stop-first";
  action: "pause" | "continue" | "rollback";
  parallelism: number;
  /** Which of the new replicas fails, by the order of their starts. */
  k: number;
  fails: keyof typeof failures;
  /** How many of four are of the new version afterwards. */
  news: number;
}

/** With several at a time, only where it does not depend on which of them is faster. */
const cases: Case[] = [
  { order: "start-first", action: "pause", parallelism: 1, k: 1, fails: "is refused", news: 0 },
  { order: "start-first", action: "pause", parallelism: 1, k: 3, fails: "exits", news: 2 },
  { order: "start-first", action: "pause", parallelism: 0, k: 2, fails: "is refused", news: 3 },
  { order: "stop-first", action: "pause", parallelism: 1, k: 1, fails: "turns unhealthy", news: 0 },
  { order: "stop-first", action: "pause", parallelism: 1, k: 4, fails: "exits", news: 3 },
  { order: "start-first", action: "continue", parallelism: 1, k: 2, fails: "exits", news: 3 },
  {
    order: "stop-first",
    action: "continue",
    parallelism: 2,
    k: 1,
    fails: "is never healthy",
    news: 3,
  },
  { order: "start-first", action: "continue", parallelism: 0, k: 4, fails: "is refused", news: 3 },
  { order: "start-first", action: "rollback", parallelism: 1, k: 4, fails: "exits", news: 0 },
  { order: "stop-first", action: "rollback", parallelism: 1, k: 3, fails: "is refused", news: 0 },
  {
    order: "start-first",
    action: "rollback",
    parallelism: 2,
    k: 3,
    fails: "turns unhealthy",
    news: 0,
  },
  { order: "stop-first", action: "rollback", parallelism: 2, k: 4, fails: "exits", news: 0 },
  {
    order: "stop-first",
    action: "rollback",
    parallelism: 0,
    k: 1,
    fails: "is never healthy",
    news: 0,
  },
];

const lines: Record<string, (news: number) => string> = {
  pause: (news) =>
    news === 0 ? "web: as before" : `web: ${news} of 4 replicas updated, the others are as before`,
  continue: (news) => `web: ${news} of 4 replicas updated, the others are as before`,
  rollback: () => "web: rolled back, as before",
};

/** What becomes of a replica is in its environment, so that every case is a version of its own. */
const versioned = {
  volumes: ["starts:/starts"],
  environment: {
    VERSION: "${VERSION:-A}",
    FAILING: "${FAILING:-}",
    HOW: "${HOW:-}",
  },
  healthcheck: {
    test: ["CMD-SHELL", "test -f /tmp/ok && touch /tmp/seen"],
    interval: "1s",
    retries: 2,
  },
};

/** Fails as HOW says if it is one of the FAILING starts of its version. */
const script = countedScript(`case " $FAILING " in *" $n "*) case "$HOW" in
  exits) exit 7 ;;
  "is never healthy") rm -f /tmp/ok ;;
  "turns unhealthy") { until [ -e /tmp/seen ]; do sleep 0.1; done; rm /tmp/ok; } & ;;
  "is refused") touch /tmp/refused ;;
esac ;; esac`);

/** Four replicas whose policy, too, is of the environment. */
const web = service({ replicas: 4, script }, {
  ...versioned,
  deploy: {
    replicas: 4,
    update_config: {
      order: "${ORDER:-start-first}",
      failure_action: "${ACTION:-pause}",
      parallelism: "${PARALLELISM:-0}",
      monitor: "${MONITOR:-300ms}",
    },
  },
  "x-kerek": { gates: [{ exec: ["test", "!", "-e", "/tmp/refused"], timeout: "4s" }] },
});

type Env = Record<string, string>;

const ids = (containers: Container[]) => containers.map(({ id }) => id);

for (const order of ["start-first", "stop-first"] as const) {
  scenario(`${order}: a failing replica leaves what the policy says`, async (project, t) => {
    await project.define({ services: { web }, volumes: { starts: {} } });
    let current: Env = {};
    await project.deploy([], { env: current });
    for (const [i, given] of cases.entries()) {
      if (given.order !== order) continue;
      const { action, parallelism, k, fails } = given;
      await t.step(`${action}, parallelism ${parallelism}: number ${k} ${fails}`, async () => {
        current = await check(project, given, `B${i}`, current);
      });
    }
  });
}

/** @returns the environment of what runs in the end. */
async function check(project: Project, given: Case, version: string, old: Env): Promise<Env> {
  const env = {
    VERSION: version,
    ORDER: given.order,
    ACTION: given.action,
    PARALLELISM: String(given.parallelism),
    MONITOR: given.fails === "turns unhealthy" ? "15s" : "300ms",
    FAILING: String(given.k),
    HOW: given.fails,
  };
  const before = await project.containers();
  const { code, stderr } = await project.kerek(["deploy"], { env });
  assert.equal(code, ExitCode.restored, stderr);
  assert.match(stderr, failures[given.fails]);
  assert.match(stepsOf(stderr)[0], given.order === "start-first" ? /^Started/ : /^Stopped/);
  assert.deepEqual(summaryOf(stderr), [lines[given.action](given.news)], stderr);
  const now = await project.containers();
  serves(now, 4);
  assert.equal(now.filter((x) => x.version === version).length, given.news, stderr);
  const kept = now.filter((x) => x.version !== version);
  assert.ok(ids(kept).every((id) => ids(before).includes(id)), stderr);
  if (given.news === 0) {
    await isUntouchedByCompose(project, old);
    return old;
  }
  // The k-th start is over.
  await project.deploy([], { env });
  const updated = await project.containers();
  serves(updated, 4);
  assert.ok(updated.every((container) => container.version === version));
  assert.ok(ids(now).filter((id) => ids(updated).includes(id)).length >= given.news);
  await isUntouchedByCompose(project, env);
  return env;
}

/** All containers run and are healthy; there are no others. */
function serves(containers: Container[], count: number): void {
  assert.deepEqual(
    containers.map(({ status, health }) => `${status} ${health}`),
    Array(count).fill("running healthy"),
  );
}

/** The lines that say what became of each service. */
function summaryOf(stderr: string): string[] {
  const [closing, ...before] = stderr.trimEnd().split("\n").reverse();
  assert.match(closing, /^(Failed|Deployed|Interrupted) /);
  const end = before.findIndex((line) => !/^[a-z]+: /.test(line) || /^hint:/.test(line));
  return before.slice(0, end).reverse();
}

async function isUntouchedByCompose(project: Project, env: Env): Promise<void> {
  const before = await project.containers();
  const events = await project.eventsOf(() => project.compose(["up", "--detach"], { env }));
  assert.deepEqual(events, []);
  assert.deepEqual(await project.containers(), before);
}

/** The steps that were done to containers, such as `Started web-5`. */
const stepsOf = (stderr: string): string[] =>
  stderr.match(/^(Started|Stopped|Removed|Passed|Paused|\S+ is healthy).*(?= \(\d)/gm) ?? [];

/** Where in the steps each one that matches is. */
const places = (steps: string[], pattern: RegExp): number[] =>
  steps.flatMap((step, i) => pattern.test(step) ? [i] : []);

scenario("a rollback takes back all services of the run", async (project, t) => {
  const policy = (order: string, failure_action: string) => ({
    replicas: 2,
    update_config: { order, failure_action, monitor: "300ms" },
  });
  const others = { ...versioned, environment: { ...versioned.environment, FAILING: "" } };
  await project.define({
    services: {
      api: service({ script }, { ...others, deploy: policy("start-first", "pause") }),
      job: service({ script }, { ...others, deploy: policy("stop-first", "continue") }),
      web: service({ script }, { ...versioned, deploy: policy("start-first", "rollback") }),
      zoo: service({ script }, { ...others, deploy: policy("start-first", "pause") }),
    },
    volumes: { starts: {} },
  });
  await project.deploy();
  const before = await project.containers();
  serves(before, 8);

  await t.step("those before the one that failed, the one itself, and none after", async () => {
    // The second one of web, as starts are counted over all services.
    const env = { VERSION: "B", FAILING: "6", HOW: "exits" };
    const { code, stderr } = await project.kerek(["deploy"], { env });
    assert.equal(code, ExitCode.restored, stderr);
    assert.deepEqual(summaryOf(stderr), [
      "api: rolled back, as before",
      "job: rolled back, as before",
      "web: rolled back, as before",
      "zoo: not reached, as before",
    ], stderr);
    assert.deepEqual(await project.containers(), before);
    await isUntouchedByCompose(project, {});
  });

  await t.step("what was kept for it is gone when all is well", async () => {
    const { stderr } = await project.deploy([], { env: { VERSION: "C" } });
    const now = await project.containers();
    serves(now, 8);
    assert.deepEqual(now.filter(({ id }) => ids(before).includes(id)), []);
    const steps = stepsOf(stderr);
    const removed = (name: string) => places(steps, new RegExp(`^Removed ${name}-`));
    const lastOfWeb = Math.max(...places(steps, /^(Stopped web-|web-\d+ is healthy)/));
    for (const name of ["api", "job", "web"]) {
      assert.equal(removed(name).length, 2);
      assert.ok(Math.min(...removed(name)) > lastOfWeb, stderr);
    }
    // After that, nothing is kept.
    assert.ok(Math.min(...removed("zoo")) < Math.max(...places(steps, /^Stopped zoo-/)), stderr);
    await isUntouchedByCompose(project, { VERSION: "C" });
  });
});

scenario("so many may fail as max_failure_ratio says", async (project, t) => {
  const limited = {
    ...web,
    deploy: {
      replicas: 4,
      update_config: {
        order: "start-first",
        monitor: "300ms",
        failure_action: "${ACTION:-pause}",
        max_failure_ratio: 0.25,
      },
    },
  };
  await project.define({ services: { web: limited }, volumes: { starts: {} } });
  await project.deploy();
  for (
    const { action, failing, news, line } of [
      { action: "rollback", failing: "1 4", news: 0, line: lines.rollback(0) },
      { action: "rollback", failing: "2", news: 3, line: lines.continue(3) },
    ]
  ) {
    await t.step(`${action} when of four ${failing} fail`, async () => {
      const before = await project.containers();
      const env = { VERSION: `B${failing}`, ACTION: action, FAILING: failing, HOW: "exits" };
      const { code, stderr } = await project.kerek(["deploy"], { env });
      assert.equal(code, ExitCode.restored, stderr);
      assert.deepEqual(summaryOf(stderr), [line], stderr);
      const now = await project.containers();
      serves(now, 4);
      const kept = now.filter(({ id }) => ids(before).includes(id));
      assert.equal(kept.length, 4 - news, stderr);
    });
  }
});

scenario("flags go before the files for one run", async (project, t) => {
  await project.define({ services: { web }, volumes: { starts: {} } });
  const files = { ORDER: "start-first", ACTION: "pause", PARALLELISM: "1" };
  await project.deploy([], { env: files });
  const before = await project.containers();

  await t.step("--on-failure rollback, --order stop-first", async () => {
    const env = { ...files, VERSION: "B", FAILING: "2", HOW: "exits" };
    const args = ["deploy", "--on-failure", "rollback", "--order", "stop-first"];
    const { code, stderr } = await project.kerek(args, { env });
    assert.equal(code, ExitCode.restored, stderr);
    assert.deepEqual(summaryOf(stderr), ["web: rolled back, as before"]);
    assert.deepEqual(stepsOf(stderr).slice(0, 2), ["Stopped web-1", "Started web-5"]);
    assert.deepEqual(await project.containers(), before);
  });

  await t.step("--on-failure continue", async () => {
    const env = { ...files, VERSION: "C", FAILING: "1", HOW: "exits" };
    const { code, stderr } = await project.kerek(["deploy", "--on-failure=continue"], { env });
    assert.equal(code, ExitCode.restored, stderr);
    assert.deepEqual(summaryOf(stderr), [lines.continue(3)]);
    const now = await project.containers();
    serves(now, 4);
    assert.equal(now.filter(({ version }) => version === "C").length, 3);
  });

  for (
    const [parallelism, version] of [
      [1, "D"],
      [2, "E"],
      [0, "F"],
    ] as const
  ) {
    await t.step(`--update-parallelism ${parallelism}`, async () => {
      const env = { ...files, PARALLELISM: "3", VERSION: version };
      const args = [`--update-parallelism=${parallelism}`, "--progress", "json"];
      const { stdout } = await project.deploy(args, { env });
      const steps = validLines(stdout).filter(({ phase }) => phase === "deploy")
        .map(({ type, step }) => `${type} ${step.action}`);
      const atOnce = parallelism === 0 ? 4 : parallelism;
      for (const [i, start] of places(steps, /^step-started start$/).entries()) {
        // Before the n-th starts, all but so many have passed.
        const passed = places(steps, /^step-done gate$/).filter((place) => place < start).length;
        assert.ok(passed > i - atOnce, stdout);
        if (i < atOnce) assert.equal(passed, 0, stdout);
      }
      assert.equal(places(steps, /^step-done gate$/).length, 4, stdout);
      serves(await project.containers(), 4);
    });
  }
});

scenario("the delay is between replacements, and only there", async (project) => {
  const define = (order: string) =>
    project.define({
      services: {
        web: service({}, {
          deploy: {
            replicas: 3,
            update_config: { order, delay: "400ms", monitor: "300ms" },
          },
        }),
      },
    });
  const started = (n: number) => [`Started web-${n}`, `web-${n} is healthy`];
  const ended = (n: number) => [`Stopped web-${n}`, `Removed web-${n}`];
  const delay = "Paused 0.4 s before the next replica";

  await define("start-first");
  assert.deepEqual(stepsOf((await project.deploy()).stderr).filter((x) => x === delay), []);
  const env = { VERSION: "B" };
  assert.deepEqual(stepsOf((await project.deploy([], { env })).stderr), [
    ...[...started(4), ...ended(1), delay],
    ...[...started(5), ...ended(2), delay],
    ...[...started(6), ...ended(3)],
  ]);
  await define("stop-first");
  assert.deepEqual(stepsOf((await project.deploy([], { env })).stderr), [
    ...["Stopped web-4", ...started(1), "Removed web-4", delay],
    ...["Stopped web-5", ...started(2), "Removed web-5", delay],
    ...["Stopped web-6", ...started(3), "Removed web-6"],
  ]);
});

scenario("a first deploy that fails leaves no container", async (project, t) => {
  await project.define({ services: { web }, volumes: { starts: {} } });
  for (const [k, fails] of [[1, "exits"], [3, "is refused"]] as const) {
    await t.step(`when number ${k} ${fails}`, async () => {
      const env = { VERSION: `A${k}`, FAILING: String(k), HOW: fails };
      const { code, stderr } = await project.kerek(["deploy"], { env });
      assert.equal(code, ExitCode.restored, stderr);
      assert.match(stderr, failures[fails]);
      assert.deepEqual(await project.containers(), [], stderr);
    });
  }

  await t.step("but with --no-rollback leaves them, stopped", async () => {
    const env = { VERSION: "B", FAILING: "1", HOW: "exits" };
    const { code, stderr } = await project.kerek(["deploy", "--no-rollback"], { env });
    assert.equal(code, ExitCode.restored, stderr);
    const left = await project.containers();
    assert.deepEqual(left.map(({ status }) => status), Array(4).fill("exited"), stderr);
    await project.deploy([], { env });
    serves(await project.containers(), 4);
  });
});

scenario("a bad update_config is refused, with its path", async (project, t) => {
  await project.define({ services: { web: service() } });
  await project.deploy();
  const before = await project.containers();
  for (
    const [config, key, value] of [
      ["update_config", "delay", "soon"],
      ["update_config", "failure_action", "explode"],
      ["update_config", "max_failure_ratio", 1.5],
      ["update_config", "monitor", "10 parsecs"],
      ["update_config", "order", "sideways"],
      ["update_config", "parallelism", -1],
      ["rollback_config", "failure_action", "rollback"],
      ["rollback_config", "order", "backwards"],
    ] as const
  ) {
    await t.step(`${config}.${key}: ${value}`, async () => {
      const deploy = { [config]: { [key]: value } };
      await project.define({ services: { web: service({}, { deploy }) } });
      const events = await project.eventsOf(async () => {
        const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: "B" } });
        assert.equal(code, ExitCode.untouched, stderr);
        assert.match(stderr, new RegExp(`services\\.web\\.deploy\\.${config}\\.${key}\\b`));
      });
      assert.deepEqual(events, []);
      assert.deepEqual(await project.containers(), before);
    });
  }
});
