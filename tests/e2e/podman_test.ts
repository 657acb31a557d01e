/** The deploy acceptance with Podman as the engine, in a store and with a socket of its own. */
import assert from "node:assert/strict";
import { Project } from "./harness/project.ts";
import { run, type RunOptions, start } from "./harness/run.ts";
import { busybox } from "./harness/scenario.ts";
import { serve, service } from "./harness/service.ts";

const reason = (await run([
  "sh",
  "-c",
  `[ "$(id -u)" = 0 ] || { echo not root; exit; }
for program in podman runc; do command -v $program >/dev/null || { echo no $program; exit; }; done
docker image inspect ${busybox} >/dev/null 2>&1 || echo no image ${busybox}`,
])).stdout.trim();

/** Limits and cgroups that need neither systemd nor all capabilities. */
const settings = `[containers]
default_sysctls = []
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
`;

for (const order of ["start-first", "stop-first"] as const) {
  const name = `with Podman, bad versions leave the old replicas serving, ${order}`;
  Deno.test({
    name: reason ? `${name} (left out: ${reason})` : name,
    ignore: reason !== "",
    fn: () => withPodman((podman) => proves(podman, order)),
  });
}

async function proves({ project, env, containers }: Podman, order: "start-first" | "stop-first") {
  const deploy = async (others: Record<string, unknown>, version: string) => {
    await project.define({ services: { web: service({ order, replicas: 2 }, others) } });
    const { code, stderr } = await project.kerek(["deploy"], { env: { ...env, VERSION: version } });
    return { code, stderr };
  };
  const first = await deploy({}, "A");
  assert.equal(first.code, 0, first.stderr);
  const old = await containers();
  assert.equal(old.length, 2);
  const second = await deploy({}, "A");
  assert.match(second.stderr, /^Nothing to do: /);
  assert.deepEqual(await containers(), old);

  const bad: [others: Record<string, unknown>, code: number][] = [
    [{ command: ["sh", "-c", "exit 7"] }, 4],
    [{ command: ["sh", "-c", serve.replace("touch /tmp/ok;", "")] }, 4],
    [{ image: "kerek-test/absent:1", pull_policy: "never" }, 3],
  ];
  for (const [others, code] of bad) {
    const result = await deploy(others, "B");
    assert.equal(result.code, code, result.stderr);
    assert.deepEqual(await containers(), old, result.stderr);
  }

  const good = await deploy({}, "C");
  assert.equal(good.code, 0, good.stderr);
  const now = await containers();
  assert.equal(now.length, 2);
  assert.ok(now.every((line) => line.endsWith(" running") && !old.includes(line)), String(now));
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
  const { folder } = project;
  const url = `unix://${folder}/podman.sock`;
  const own: RunOptions = { env: { CONTAINERS_CONF: `${folder}/containers.conf` } };
  await project.write("containers.conf", settings);
  const remote = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(["podman", "--url", url, ...args], own);
    assert.equal(code, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  };
  const store = ["--root", `${folder}/root`, "--runroot", `${folder}/run`];
  const server = start(
    ["podman", ...store, "--storage-driver", "vfs", "system", "service", "-t", "0", url],
    own,
  );
  const nudging = new AbortController();
  let nudge = Promise.resolve();
  try {
    await run(["sh", "-c", `until podman --url ${url} info; do sleep 0.2; done`], own);
    const image = `${folder}/image.tar`;
    await run(["docker", "save", "-o", image, busybox]);
    await remote("load", "--quiet", "--input", image);
    nudge = nudgeHealthchecks(url, own, nudging.signal);
    await act({
      project,
      env: { CONTAINER_ENGINE: "podman", DOCKER_HOST: url },
      containers: async () => {
        const ids = await remote("ps", "--all", "--quiet", "--no-trunc");
        return (await remote("inspect", "--format", "{{.Id}} {{.State.Status}}", ...ids)).sort();
      },
    });
  } finally {
    nudging.abort();
    await nudge;
    await run(["podman", "--url", url, "rm", "--all", "--force", "--time", "0"], own);
    server.kill("SIGTERM");
    await server.result;
    await project.remove();
  }
}

/** Does what systemd's timers do where it runs: without it, Podman never runs a healthcheck. */
async function nudgeHealthchecks(url: string, own: RunOptions, signal: AbortSignal): Promise<void> {
  const script = `for id in $(podman --url ${url} ps --quiet); do
    podman --url ${url} healthcheck run "$id"; done; sleep 0.2`;
  while (!signal.aborted) await run(["sh", "-c", script], own);
}
