/** Data in volumes without a name gets from old to new replicas, or its owner is told. */
import assert from "node:assert/strict";
import { docker, type Project } from "./harness/project.ts";
import { run } from "./harness/run.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

/** Leaves a file the first time, which belongs to nobody here. */
const script = `if ! [ -e /srv/data/deep/file ]; then
  mkdir -p /srv/data/deep; echo "of $VERSION" > /srv/data/deep/file
  chmod 640 /srv/data/deep/file; chown 123:45 /srv/data/deep/file
fi
[ "$VERSION" != bad ] || exit 1
trap 'exit 0' TERM; touch /tmp/ok; sleep 1000 & wait`;

const look = "stat -c '%a %u:%g' /srv/data/deep/file; cat /srv/data/deep/file";

async function files(project: Project): Promise<string[]> {
  const replicas = await project.containers("db");
  return await Promise.all(replicas.map(({ id }) => docker(["exec", id, "sh", "-c", look])));
}

async function volumes(project: Project): Promise<string[]> {
  const ids = (await project.containers("db")).map(({ id }) => id);
  const format = "{{range .Mounts}}{{.Name}}\n{{end}}";
  return (await docker(["inspect", "--format", format, ...ids])).match(/\w{64}/g) ?? [];
}

const isThere = async (volume: string) =>
  (await run(["docker", "volume", "inspect", volume])).code === 0;

scenario("stop-first replicas hand on what is in volumes without a name", async (project) => {
  const define = (order: "start-first" | "stop-first") =>
    project.define({
      services: { db: service({ order, replicas: 3, script }, { volumes: ["/srv/data"] }) },
    });
  const ofA = Array(3).fill("640 123:45\nof A\n");
  await define("stop-first");
  await project.deploy();
  assert.deepEqual(await files(project), ofA);
  const first = await volumes(project);
  assert.equal(first.length, 3);

  const { stderr } = await project.deploy([], { env: { VERSION: "B" } });
  assert.match(stderr, /Copied volumes without a name from db-1 to db-\d: \/srv\/data /);
  assert.doesNotMatch(stderr, /Warning/);
  assert.deepEqual(await files(project), ofA);
  assert.deepEqual((await project.containers()).map(({ version }) => version), ["B", "B", "B"]);
  for (const volume of first) assert.equal(await isThere(volume), false);
  assert.doesNotMatch(stderr, /is left/);

  // What failed takes nothing along.
  const second = await volumes(project);
  const before = (await project.containers()).map(({ id }) => id);
  const failed = await project.kerek(["deploy"], { env: { VERSION: "bad" } });
  assert.equal(failed.code, 4, failed.stderr);
  assert.deepEqual((await project.containers()).map(({ id }) => id), before);
  assert.deepEqual(await volumes(project), second);
  assert.deepEqual(await files(project), ofA);

  await project.deploy(["--renew-anon-volumes"], { env: { VERSION: "C" } });
  assert.deepEqual(await files(project), Array(3).fill("640 123:45\nof C\n"));

  const third = await volumes(project);
  await define("start-first");
  const dry = await project.kerek(["deploy", "--dry-run"], { env: { VERSION: "D" } });
  assert.match(
    dry.stderr + dry.stdout,
    /services\.db\.volumes: what is at \/srv\/data of .* stop-first/,
  );
  const { stderr: told } = await project.deploy([], { env: { VERSION: "D" } });
  for (const volume of third) {
    assert.match(told, new RegExp(`Removed db-\\d: volume ${volume.slice(0, 12)} is left `));
  }
  for (const volume of [...second, ...third]) {
    assert.equal(await isThere(volume), true);
    await docker(["volume", "rm", volume]);
  }
});
