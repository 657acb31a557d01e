/** Runs at an engine by SSH: one connection each, of which nothing is left. */
import assert from "node:assert/strict";
import { type LocalSshd, sshName, startSshd, whyNoSshd } from "./harness/local_sshd.ts";
import type { Project } from "./harness/project.ts";
import { run, type Running } from "./harness/run.ts";
import { scenario } from "./harness/scenario.ts";
import { patient, service } from "./harness/service.ts";

const unless = await whyNoSshd();
const host = `ssh://${sshName}`;

/** A project at an engine that is reached by SSH. */
interface Stage {
  project: Project;
  sshd: LocalSshd;
  t: Deno.TestContext;
}

/** Version D is not ready, nor given up, in the time of a test. */
const script = `trap 'exit 0' TERM; [ $VERSION = D ] || touch /tmp/ok; sleep 1000 & wait`;

/** Defines a test with an SSH server of its own, which has these settings. */
function remotely(name: string, settings: string, act: (stage: Stage) => Promise<void>): void {
  scenario(name, async (project, t) => {
    const sshd = await startSshd(settings);
    try {
      await project.define({
        services: { web: service({ replicas: 2, script }, { healthcheck: patient }) },
      });
      await act({ project, sshd, t });
    } finally {
      await sshd.remove();
    }
  }, { unless });
}

/** Runs kerek, and counts the connections that it makes. */
async function connecting(
  { project, sshd }: Stage,
  args: string[],
  env: Record<string, string> = {},
) {
  const before = sshd.connections();
  const result = await project.kerek(args, { env: { ...sshd.env, ...env } });
  return { ...result, connections: sshd.connections() - before };
}

/** What kerek has left of its tunnels. */
async function leftovers({ sshd }: Stage): Promise<unknown[]> {
  const entries = await Array.fromAsync(Deno.readDir(sshd.env.XDG_RUNTIME_DIR));
  return [...entries.map(({ name }) => name), ...await sshd.clients()];
}

remotely("a run makes one SSH connection, whatever says where the engine is", "", async (stage) => {
  const config = `${stage.sshd.folder}/docker`;
  const create = ["docker", "--config", config, "context", "create", "remote", "--docker"];
  const made = await run([...create, `host=${host}/var/run/docker.sock`]);
  assert.equal(made.code, 0, made.stderr);
  await Deno.writeTextFile(`${config}/config.json`, '{ "currentContext": "remote" }');

  const image = "kerek-test/busybox:1";
  const runs: [name: string, args: string[], env?: Record<string, string>][] = [
    ["deploy by --host", ["--host", host, "deploy"]],
    ["deploy by DOCKER_HOST", ["deploy"], { DOCKER_HOST: host, VERSION: "B" }],
    ["status by DOCKER_CONTEXT", ["status"], { DOCKER_CONTEXT: "remote", DOCKER_CONFIG: config }],
    ["check by --context", ["--config", config, "--context", "remote", "check"]],
    ["unlock by the current context", ["unlock"], { DOCKER_CONFIG: config }],
    ["transfer by a path", ["--host", `${host}/var/run/docker.sock`, "transfer-images", image]],
  ];
  for (const [name, args, env] of runs) {
    await stage.t.step(name, async () => {
      const { code, connections, stderr } = await connecting(stage, args, env);
      assert.equal(code, 0, stderr);
      assert.equal(connections, 1, stderr);
      assert.doesNotMatch(stderr, /SSH|connection/);
      assert.deepEqual(await leftovers(stage), []);
    });
  }
  assert.equal((await stage.project.containers()).length, 2);
});

remotely("Ctrl-C and SIGKILL leave no connection for long", "", async (stage) => {
  const { project, sshd } = stage;
  const started = (version: string) =>
    project.startKerek(["--host", host, "deploy"], { env: { ...sshd.env, VERSION: version } });

  const interrupted = started("D");
  await interrupted.shows(/Started web-/);
  assert.notDeepEqual(await leftovers(stage), []);
  interrupted.pressCtrlC();
  assert.equal((await interrupted.result).code, 130, interrupted.soFar());
  assert.deepEqual(await leftovers(stage), []);

  const killed = started("D");
  await killed.shows(/Started web-/);
  killed.kill("SIGKILL");
  await killed.result.catch(() => {});
  assert.notDeepEqual(await leftovers(stage), []);
  const { code, stderr } = await connecting(stage, ["-H", host, "deploy"], { VERSION: "C" });
  assert.equal(code, 0, stderr);
  assert.deepEqual((await project.containers()).map(({ version }) => version), ["C", "C"]);
  assert.deepEqual(await leftovers(stage), []);
});

/** What the next thing to happen waits for, so that the connection breaks before it. */
const go = "until [ -e /shared/go ]; do sleep 0.1; done";

const breaks: Break[] = [
  {
    when: "while only looking",
    until: (running) => running.shows(/Started web-/),
    script: `trap 'exit 0' TERM; [ $VERSION = A ] || ${go}; touch /tmp/ok; sleep 1000 & wait`,
  },
  {
    when: "under a call that changes something",
    until: (_, folder) => appears(`${folder}/leaving`),
    script: `trap 'touch /shared/leaving; ${go}; exit 0' TERM; touch /tmp/ok; sleep 1000 & wait`,
  },
];

interface Break {
  when: string;
  until(running: Running, folder: string): Promise<void>;
  script: string;
}

for (const { when, until, script } of breaks) {
  remotely(`a connection that breaks ${when} is made again`, "", async (stage) => {
    const { project, sshd } = stage;
    const web = service({ script }, {
      healthcheck: patient,
      stop_grace_period: "1m",
      volumes: [`${project.folder}:/shared`],
    });
    await project.define({ services: { web } });
    const deploy = (VERSION: string) =>
      project.startKerek(["--host", host, "deploy"], { env: { ...sshd.env, VERSION } });
    assert.equal((await deploy("A").result).code, 0);

    const running = deploy("B");
    await until(running, project.folder);
    await sshd.killClients("SIGKILL");
    await project.write("go", "");
    const { code, stderr } = await running.result;
    assert.match(stderr, /^Warning: The SSH connection to ssh:\/\/there has broken /m);
    assert.match(stderr, /^Warning: The SSH connection to ssh:\/\/there is open again$/m);
    // What became of a call that changes something is not known, so its swap is seen off.
    assert.equal(code, when === "while only looking" ? 0 : 4, stderr);
    const assertNew = async () => {
      const containers = await project.containers();
      assert.deepEqual(containers.map((x) => [x.version, x.status]), [["B", "running"]], stderr);
    };
    await assertNew();
    assert.deepEqual(await leftovers(stage), []);

    const again = await deploy("B").result;
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /^Nothing to do: /);
    await assertNew();
  });
}

async function appears(path: string): Promise<void> {
  while (!await Deno.stat(path).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const noForwarding = "AllowStreamLocalForwarding no\n";

remotely("what stands in a tunnel's way is named", noForwarding, async (stage) => {
  const open = await connecting(stage, ["--host", host, "status"]);
  assert.equal(open.code, 0, open.stderr);
  assert.ok(open.connections > 1);
  assert.equal(
    open.stderr,
    `Warning: Each call to ${host} makes a connection of its own: ` +
      "its SSH server forwards no sockets\n",
  );
  const cases: [address: string, error: RegExp][] = [
    ["ssh://nobody", /^Cannot reach ssh:\/\/nobody by SSH\n.*refused/],
    [
      `${host}/no/engine.sock`,
      /^Cannot find the engine of .*: no socket is at \/no\/engine.sock\n/,
    ],
  ];
  for (const [address, error] of cases) {
    const { code, stderr } = await connecting(stage, ["--host", address, "status"]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, error);
  }
  assert.deepEqual(await leftovers(stage), []);
});
