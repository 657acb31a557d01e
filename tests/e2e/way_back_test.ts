/** Rollbacks of what was not simply there and serving, and what does not come back. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { countedScript, serve, service } from "./harness/service.ts";

const volumes = ["starts:/starts"];

/** Some replicas, and after them a service whose version B is bad and takes all back. */
const define = (project: Project, api = serve) =>
  project.define({
    services: {
      api: service({ script: api }, {
        volumes,
        deploy: {
          replicas: "${N:-3}",
          update_config: { order: "start-first", monitor: "300ms" },
        },
      }),
      web: service({ script: `[ "$VERSION" != B ] || exit 3; ${serve}` }, {
        deploy: { update_config: { order: "start-first", failure_action: "rollback" } },
      }),
    },
    volumes: { starts: {} },
  });

async function isTakenBack(project: Project, env: Record<string, string>): Promise<void> {
  const before = await project.containers();
  const { code, stderr } = await project.kerek(["deploy"], { env });
  assert.equal(code, ExitCode.restored, stderr);
  assert.match(stderr, /^api: rolled back, as before$/m);
  assert.deepEqual(await project.containers(), before, stderr);
}

scenario("a rollback leaves exactly what was there, in whatever state", async (project, t) => {
  await t.step("where a deploy has failed halfway before", async () => {
    await define(project, countedScript("[ $VERSION-$n != B-2 ] || exit 7"));
    await project.deploy();
    const { code, stderr } = await project.kerek(["deploy", "api"], { env: { VERSION: "B" } });
    assert.equal(code, ExitCode.restored, stderr);
    assert.match(stderr, /^api: 1 of 3 replicas updated/m);
    await isTakenBack(project, { VERSION: "B", N: "2" });
  });
  await t.step("where --no-rollback has left a stopped one", async () => {
    const version = { VERSION: "C" };
    await define(project, countedScript("[ $VERSION-$n != C-1 ] || exit 7"));
    const { code } = await project.kerek(["deploy", "--no-rollback", "api"], { env: version });
    assert.equal(code, ExitCode.restored);
    const states = (await project.containers()).map(({ status }) => status);
    assert.ok(states.includes("exited"), states.join());
    await isTakenBack(project, { VERSION: "B" });
  });
});

scenario("an old replica that does not run for long is not called back", async (project) => {
  // It comes up once, and not again.
  const script = `[ "$VERSION" = A ] || exit 7
trap 'exit 0' TERM; [ ! -e /tmp/begun ] || { sleep 0.3; exit 3; }; touch /tmp/begun
sleep 1000 & wait`;
  const deploy = { update_config: { order: "stop-first" } };
  await project.define({ services: { web: service({ script, isChecked: false }, { deploy }) } });
  await project.deploy();
  const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: "B" } });
  assert.equal(code, ExitCode.notRestored, stderr);
  assert.match(stderr, /^web-1 is not ready: it ended with exit code 3$/m);
  assert.match(stderr, /^web: look at it, /m);
});

scenario("a job that fails is not tolerated", async (project) => {
  const job = { image: "kerek-test/busybox:1", network_mode: "none" };
  await project.define({
    services: {
      migrate: {
        ...job,
        environment: { VERSION: "${VERSION:-A}" },
        command: ["sh", "-c", '[ "$$VERSION" = A ] || exit 9'],
      },
      web: service({}, {
        depends_on: { migrate: { condition: "service_completed_successfully" } },
      }),
    },
  });
  await project.deploy();
  const before = await project.containers();
  const args = ["deploy", "--on-failure", "continue"];
  const { code, stderr } = await project.kerek(args, { env: { VERSION: "B" } });
  assert.equal(code, ExitCode.untouched, stderr);
  assert.deepEqual(await project.containers(), before);
});

scenario("a job that refuses to go back is left out by name", async (project) => {
  const migration = `[ "$$VERSION" = B ] || [ ! -e /starts/B ] || { echo Too new; exit 255; }
mkdir -p "/starts/$$VERSION"`;
  await project.define({
    services: {
      migrate: {
        ...{ image: "kerek-test/busybox:1", network_mode: "none", volumes },
        environment: { VERSION: "${VERSION:-A}" },
        command: ["sh", "-c", migration],
      },
      web: service({}, {
        depends_on: { migrate: { condition: "service_completed_successfully" } },
      }),
    },
    volumes: { starts: {} },
  });
  await project.deploy();
  await project.deploy([], { env: { VERSION: "B" } });
  const { code, stderr } = await project.kerek(["rollback"]);
  assert.equal(code, ExitCode.untouched, stderr);
  assert.match(stderr, /^ {2}\| Too new$/m);
  assert.match(stderr, /^hint: A rollback runs the migrate of then\. .*`kerek rollback SERVICE…`/m);
  const named = await project.kerek(["rollback", "web"]);
  assert.equal(named.code, 0, named.stderr);
  const web = (await project.containers()).filter((container) => container.service === "web");
  assert.deepEqual(web.map(({ version }) => version), ["A"]);
});
