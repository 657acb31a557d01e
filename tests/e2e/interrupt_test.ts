/** A deploy that is stopped halfway puts back what it has not finished. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { run, type Running } from "./harness/run.ts";
import { scenario } from "./harness/scenario.ts";
import { patient, serve, service } from "./harness/service.ts";

const B = { env: { VERSION: "B" } };

/** It never gets healthy, nor unhealthy in the time of the test. */
const waiting = "trap 'exit 0' TERM; sleep 1000 & wait";

const signals: { name: string; send(running: Running): void }[] = [
  { name: "Ctrl-C", send: (running) => running.pressCtrlC() },
  { name: "SIGINT", send: (running) => running.kill("SIGINT") },
  { name: "SIGTERM", send: (running) => running.kill("SIGTERM") },
  { name: "a hang-up", send: (running) => running.kill("SIGHUP") },
];

for (const order of ["start-first", "stop-first"] as const) {
  scenario(`an interrupted ${order} deploy leaves the old replicas serving`, async (project, t) => {
    await project.define({ services: { web: service({ order, replicas: 2 }) } });
    await project.deploy();
    const before = await project.containers();
    await project.define({
      services: { web: service({ order, replicas: 2, script: waiting }, { healthcheck: patient }) },
    });
    for (const { name, send } of signals) {
      await t.step(`by ${name}`, async () => {
        const running = project.startKerek(["deploy"], B);
        await running.shows(/Started web-/);
        send(running);
        const { code, stderr } = await running.result;
        assert.equal(code, ExitCode.interrupted, stderr);
        assert.match(
          stderr,
          /^Interrupted after .*; what was not done is as it was before\./m,
        );
        assert.deepEqual(await project.containers(), before, stderr);
      });
    }
    await t.step("and then a good version is deployed", async () => {
      await project.define({ services: { web: service({ order, replicas: 2 }) } });
      await project.deploy([], B);
      assert.deepEqual((await project.containers()).map(({ version }) => version), ["B", "B"]);
    });
  });
}

scenario("a deploy that was killed is finished by the next one", async (project) => {
  await project.define({ services: { web: service({ replicas: 2 }) } });
  await project.deploy();
  for (const moment of [/Created 2 replicas/, /Started web-/, /is healthy/, /Stopped web-/]) {
    const version = `after ${moment.source}`;
    const env = { VERSION: version };
    const running = project.startKerek(["deploy"], { env });
    await running.shows(moment);
    running.kill("SIGKILL");
    await running.result.catch(() => {});
    await project.deploy([], { env });
    const now = await project.containers();
    assert.deepEqual(now.map(({ version, status }) => [version, status]), [
      [version, "running"],
      [version, "running"],
    ]);
  }
});

scenario("an interruption while images are being brought touches nothing", async (project) => {
  await project.define({ services: { web: service() } });
  await project.deploy();
  const before = await project.containers();
  await project.define({
    services: {
      web: service({}, {
        image: `${project.name}-image:1`,
        build: { dockerfile_inline: "FROM kerek-test/busybox:1\nRUN sleep 5\n" },
      }),
    },
  });
  project.images.push(`${project.name}-image:1`);
  const running = project.startKerek(["deploy"], { env: { DOCKER_BUILDKIT: "0" } });
  await running.shows(/Building images of web/);
  running.pressCtrlC();
  const { code, stderr } = await running.result;
  assert.equal(code, ExitCode.interrupted, stderr);
  assert.deepEqual(await project.containers(), before);
});

scenario("a second Ctrl-C stops at once and says what is left", async (project) => {
  // It does not end when it is told to, so that there is something to be impatient of.
  const stubborn = serve.replace("exit 0", ":").replace("wait", "while :; do wait; done");
  const define = (script: string) =>
    project.define({
      services: { web: service({ replicas: 2, script }, { stop_grace_period: "10m" }) },
    });
  await define(stubborn);
  await project.deploy();
  const [old] = await project.containers();
  const running = project.startKerek(["deploy"], B);
  await running.shows(/web-3 is healthy/);
  running.pressCtrlC();
  await running.shows(/finishing what is in hand/);
  running.pressCtrlC();
  const { code, stderr } = await running.result;
  assert.equal(code, ExitCode.interrupted, stderr);
  assert.match(stderr, /^Stopped at once; what had begun is neither finished nor put back:$/m);
  assert.match(stderr, /^ {2}web-3: started, its turn is not over$/m);
  assert.match(stderr, /^ {2}in hand: stop web-1$/m);
  const { stdout: processes } = await run(["ps", "-eo", "args"]);
  assert.ok(
    !processes.split("\n").some((line) => /^docker .*stop/.test(line) && line.includes(old.id)),
  );
  const { stderr: again } = await project.deploy(["--timeout", "1"], B);
  assert.match(again, /^Took over the lock of /m);
  const now = await project.containers();
  assert.deepEqual(now.map(({ version, status }) => [version, status]), [
    ["B", "running"],
    ["B", "running"],
  ]);
});
