/** One deploy of a project at a time, whoever starts it. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { docker, type Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { countedScript, patient, service } from "./harness/service.ts";

const version = (name: string) => ({ env: { VERSION: name } });

/** A service whose version B is not ready, nor given up, in the time of a test. */
const stuckInB = service({
  order: "start-first",
  replicas: 2,
  script: "trap 'exit 0' TERM; [ $VERSION = B ] || touch /tmp/ok; sleep 1000 & wait",
}, { healthcheck: patient });

/** Names of locks of a project that are there. */
async function locks({ name }: Project): Promise<string[]> {
  const filter = `label=kerek.lock=${name}`;
  const names = await docker(["ps", "--all", "--filter", filter, "--format", "{{.Names}}"]);
  return names.split("\n").filter((line) => line);
}

async function versions(project: Project): Promise<(string | undefined)[]> {
  return (await project.containers()).map(({ version }) => version);
}

for (const rivals of [1, 4]) {
  scenario(`of ${rivals + 1} deploys at once one runs, the others name it`, async (project) => {
    await project.define({ services: { web: service({ order: "start-first", replicas: 2 }) } });
    await project.deploy();
    const names = ["B", "C", "D", "E", "F"].slice(0, rivals + 1);
    const all = await Promise.all(
      names.map((name) => project.startKerek(["deploy"], version(name)).result),
    );
    const text = all.map(({ code, stderr }) => `${code}: ${stderr}`).join("\n");
    const winners = names.filter((_, i) => all[i].code === ExitCode.done);
    assert.ok(winners.length >= 1, text);
    for (const { code, stderr } of all.filter(({ code }) => code !== ExitCode.done)) {
      assert.equal(code, ExitCode.locked, text);
      assert.match(stderr, /^Cannot deploy .*: \S+@\S+ \(process \d+, since .*\) is deploying it/m);
    }
    // One that came late may have found the lock free again, and its version is the last then.
    const [one, ...others] = await versions(project);
    assert.ok(winners.includes(one!), text);
    assert.deepEqual(others, [one], text);
    assert.deepEqual(await locks(project), []);
  });

  scenario(`of ${rivals + 1} deploys at once all run in turn if they may wait`, async (project) => {
    await project.define({ services: { web: service({ order: "start-first", replicas: 2 }) } });
    await project.deploy();
    const names = ["B", "C", "D", "E", "F"].slice(0, rivals + 1);
    const all = await Promise.all(
      names.map((name) =>
        project.startKerek(["deploy", "--lock-timeout", "120"], version(name)).result
      ),
    );
    for (const { code, stderr } of all) assert.equal(code, ExitCode.done, stderr);
    const waited = all.filter(({ stderr }) => /^Waiting for \S+@\S+ /m.test(stderr));
    assert.ok(waited.length >= 1, all.map(({ stderr }) => stderr).join("\n"));
    const found = await versions(project);
    assert.equal(found.length, 2);
    assert.equal(new Set(found).size, 1, found.join());
    assert.deepEqual(await locks(project), []);
  });
}

scenario("the lock of a deploy that was killed is taken over", async (project) => {
  await project.define({ services: { web: stuckInB } });
  await project.deploy();
  const running = project.startKerek(["deploy"], version("B"));
  await running.shows(/Started web-/);
  running.kill("SIGKILL");
  await running.result.catch(() => {});
  assert.deepEqual(await locks(project), [`kerek-lock-${project.name}`]);
  const { stderr } = await project.deploy([], version("C"));
  assert.match(stderr, /^Took over the lock of \S+@\S+ \(process \d+, .*\), which has died$/m);
  assert.deepEqual(await versions(project), ["C", "C"]);
  assert.deepEqual(await locks(project), []);
});

scenario("a lock is shown, left alone while it is held, and broken by force", async (project) => {
  await project.define({ services: { web: stuckInB } });
  await project.deploy();
  const before = await project.containers();
  assert.match((await project.kerek(["unlock"])).stdout, /: not locked\n$/);
  const running = project.startKerek(["deploy"], version("B"));
  await running.shows(/Started web-/);
  const refused = await project.kerek(["unlock"]);
  assert.equal(refused.code, ExitCode.locked);
  assert.match(refused.stderr, /^Cannot unlock .*: .* seems to be deploying it/m);
  const broken = await project.kerek(["unlock", "--force"]);
  assert.match(broken.stdout, /: broke the lock of \S+@\S+ /);
  const { code, stderr } = await running.result;
  assert.equal(code, ExitCode.interrupted, stderr);
  assert.match(stderr, /^Somebody has broken this deploy's lock, so it stops here$/m);
  assert.deepEqual(await project.containers(), before);
  assert.deepEqual(await locks(project), []);
});

scenario("a deploy that follows unlock --force at once is not disturbed", async (project) => {
  // With one replica replaced, the broken deploy is of the history.
  const script = countedScript("[ $VERSION-$n != B-2 ] || rm /tmp/ok");
  const web = service({ order: "start-first", replicas: 2, script }, {
    healthcheck: patient,
    volumes: ["starts:/starts"],
  });
  await project.define({ services: { web }, volumes: { starts: {} } });
  await project.deploy();
  const running = project.startKerek(["deploy"], version("B"));
  await running.shows(/Started web-[^]*Started web-/);
  const broken = await project.kerek(["unlock", "--force"]);
  assert.match(broken.stdout, /: broke the lock of \S+@\S+ /);
  const [next, { code, stderr }] = await Promise.all([
    project.kerek(["deploy"], version("C")),
    running.result,
  ]);
  assert.equal(code, ExitCode.interrupted, stderr);
  assert.equal(next.code, ExitCode.done, next.stderr);
  assert.deepEqual(await versions(project), ["C", "C"]);
  const { stdout } = await project.kerek(["history", "--format", "json"]);
  const { entries } = JSON.parse(stdout) as { entries: { number: number }[] };
  assert.deepEqual(entries.map(({ number }) => number), [1, 2, 3]);
});

scenario("a lock whose process is gone is broken without force", async (project) => {
  await project.define({ services: { web: stuckInB } });
  const running = project.startKerek(["deploy"], version("B"));
  await running.shows(/Created /);
  running.kill("SIGKILL");
  await running.result.catch(() => {});
  const shown = await project.kerek(["unlock", "--dry-run"]);
  assert.match(shown.stdout, /: would break the lock of .*, which has died\n$/);
  assert.equal((await locks(project)).length, 1);
  assert.match(
    (await project.kerek(["unlock"])).stdout,
    /: broke the lock of .*, which has died\n$/,
  );
  assert.deepEqual(await locks(project), []);
});
