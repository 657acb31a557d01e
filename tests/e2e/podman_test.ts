/** The deploy acceptance with Podman as the engine, in a store and with a socket of its own. */
import assert from "node:assert/strict";
import { type PodmanEngine, startPodman, whyNoPodman } from "./harness/podman_engine.ts";
import { Project } from "./harness/project.ts";
import { run } from "./harness/run.ts";
import { busybox } from "./harness/scenario.ts";
import { serve, service } from "./harness/service.ts";

const hasImage = (await run(["docker", "image", "inspect", busybox])).code === 0;
const reason = await whyNoPodman() ?? (hasImage ? undefined : `no image ${busybox}`);

for (const order of ["start-first", "stop-first"] as const) {
  const name = `with Podman, bad versions leave the old replicas serving, ${order}`;
  Deno.test({
    name: reason ? `${name} (left out: ${reason})` : name,
    ignore: reason !== undefined,
    fn: () => withPodman((podman) => proves(podman, order)),
  });
}

async function proves({ project, env, containers }: Podman, order: "start-first" | "stop-first") {
  const deploy = async (others: Record<string, unknown>, version: string) => {
    await project.define({ services: { web: service({ order, replicas: 2 }, others) } });
    const { code, stderr } = await project.kerek(["deploy"], { env: { ...env, VERSION: version } });
    return { code, stderr };
  };
  /** Neither Compose nor kerek has anything to do after the other. */
  const assertSettled = async (version: string) => {
    const settled = await containers();
    await project.compose(["up", "--detach"], { env: { ...env, VERSION: version } });
    assert.deepEqual(await containers(), settled);
    assert.match((await deploy({}, version)).stderr, /^Nothing to do: /);
    assert.deepEqual(await containers(), settled);
  };
  const first = await deploy({}, "A");
  assert.equal(first.code, 0, first.stderr);
  const old = await containers();
  assert.equal(old.length, 2);
  await assertSettled("A");

  const script = (text: string) => ({ command: ["sh", "-c", text] });
  const bad: [others: Record<string, unknown>, code: number, reason: RegExp][] = [
    [script("echo out of order; exit 7"), 4, /out of order/],
    [script(`echo not yet; ${serve.replace("touch /tmp/ok;", "")}`), 4, /not yet/],
    [{ image: "kerek-test/absent:1", pull_policy: "never" }, 3, /kerek-test\/absent:1/],
  ];
  for (const [others, code, reason] of bad) {
    const result = await deploy(others, "B");
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, reason);
    assert.deepEqual(await containers(), old, result.stderr);
  }

  const good = await deploy({}, "C");
  assert.equal(good.code, 0, good.stderr);
  const now = await containers();
  assert.equal(now.length, 2);
  assert.ok(now.every((line) => line.endsWith(" running") && !old.includes(line)), String(now));
  await assertSettled("C");
}

interface Podman {
  project: Project;
  /** What lets kerek and Compose reach it. */
  env: Record<string, string>;
  /** `id state` of each container, in order. */
  containers(): Promise<string[]>;
}

async function withPodman(act: (podman: Podman) => Promise<void>): Promise<void> {
  const project = await Project.make("kerek-podman");
  const engine = await startPodman();
  const lines = async (...args: string[]) => {
    const { code, stdout, stderr } = await engine.podman(args);
    assert.equal(code, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const nudging = new AbortController();
  let nudge = Promise.resolve();
  try {
    const image = `${project.folder}/image.tar`;
    await run(["docker", "save", "-o", image, busybox]);
    await lines("load", "--quiet", "--input", image);
    nudge = nudgeHealthchecks(engine, nudging.signal);
    await act({
      project,
      env: { CONTAINER_ENGINE: "podman", DOCKER_HOST: engine.host },
      containers: async () => {
        const ids = await lines("ps", "--all", "--quiet", "--no-trunc");
        return (await lines("inspect", "--format", "{{.Id}} {{.State.Status}}", ...ids)).sort();
      },
    });
  } finally {
    nudging.abort();
    await nudge;
    await engine.remove();
    await project.remove();
  }
}

/** Does what systemd's timers do where it runs: without it, Podman never runs a healthcheck. */
async function nudgeHealthchecks({ podman }: PodmanEngine, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { stdout } = await podman(["ps", "--quiet"]);
    for (const id of stdout.split("\n").filter((id) => id !== "")) {
      await podman(["healthcheck", "run", id]);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
