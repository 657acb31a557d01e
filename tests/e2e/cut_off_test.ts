/** Acceptance: what a deploy that was killed has brought up is tried before anything relies on it. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { cutOff } from "./harness/fault_sweep.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

/** A and C are good, B never gets healthy, D passes its healthcheck and no gate, E ends at once. */
const script = `case $VERSION in
A | C) touch /tmp/ok /tmp/good ;;
D) touch /tmp/ok ;;
E) exit 3 ;;
esac
trap 'exit 0' TERM
sleep 1000 & wait`;

const gates = [{ exec: ["test", "-e", "/tmp/good"], timeout: "5s" }];

/** Where the first new replica has been started. */
const started = { "start-first": 2, "stop-first": 3 };

for (const order of ["start-first", "stop-first"] as const) {
  scenario(
    `a bad release that was killed on its way does not get in later, ${order}`,
    async (project) => {
      for (const version of ["B", "D"]) {
        await begin(project, order);
        await cutOff(project, version, started[order], "SIGKILL");
        await assertAsBefore(project, version);
      }
      await project.deploy([], { env: { VERSION: "C" } });
      assert.deepEqual(await states(project), ["C running healthy", "C running healthy"]);
    },
  );
}

scenario(
  "what a killed deploy has stopped serves again if the next release is bad, too",
  async (project) => {
    await untilStopped(project);
    await assertAsBefore(project, "E");
  },
);

/** An old replica is stopped and no new one started: which calls were under way is not to be known. */
async function untilStopped(project: Project): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    await begin(project, "stop-first");
    await cutOff(project, "C", 1, "SIGKILL");
    const all = await states(project);
    const isStarted = all.some((state) => /^C (running|exited)/.test(state));
    if (!isStarted && all.some((state) => state.startsWith("A exited"))) return;
  }
  assert.fail("the deploy could not be cut off where it was to be");
}

async function begin(project: Project, order: "start-first" | "stop-first"): Promise<void> {
  const web = service({ order, replicas: 2, script }, { "x-kerek": { gates } });
  await project.define({ services: { web } });
  await project.deploy([], { env: { VERSION: "A" } });
  assert.deepEqual(await states(project), ["A running healthy", "A running healthy"]);
}

/** Deploying this version fails, and what served before the deploy that was killed serves. */
async function assertAsBefore(project: Project, version: string): Promise<void> {
  const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: version } });
  assert.equal(code, ExitCode.restored, stderr);
  const serving = (await states(project)).filter((state) => state === "A running healthy");
  assert.equal(serving.length, 2, stderr);
  const others = (await states(project)).filter((state) => !state.startsWith("A "));
  assert.ok(others.every((state) => state.includes("created")), `${others}\n${stderr}`);
}

const states = async (project: Project): Promise<string[]> =>
  (await project.containers()).map(({ version, status, health }) =>
    [version, status, health].filter((word) => word).join(" ")
  );
