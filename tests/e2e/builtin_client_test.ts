/** The client that is built in says what docker itself says, call by call. */
import assert from "node:assert/strict";
import { BuiltinClient } from "../../lib/engine/api/builtin_client.ts";
import * as argv from "../../lib/engine/argv.ts";
import { decodeContainers } from "../../lib/engine/decode_containers.ts";
import { decodeVolumes } from "../../lib/engine/decode_resources.ts";
import { type Output, type Spawner, spawner } from "../../lib/engine/spawn.ts";
import * as history from "../../lib/history/argv.ts";
import * as lock from "../../lib/lock/argv.ts";
import { docker, type Project } from "./harness/project.ts";
import { busybox, scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const endpoint = Deno.env.get("DOCKER_HOST") || "unix:///var/run/docker.sock";
const socket = /^unix:\/\/(.+)$/.exec(endpoint)?.[1];
const unless = socket ? undefined : `the engine is at ${endpoint}, no Unix socket`;

/** Runs programs, but none of docker's, so that nothing is left to it unnoticed. */
const noPrograms: Spawner = {
  read: (argv) => Promise.reject(new Error(`${argv.join(" ")} was left to docker`)),
  write: (argv) => Promise.reject(new Error(`${argv.join(" ")} was left to docker`)),
  stream: () => {
    throw new Error("events were left to docker");
  },
  pipe: () => Promise.reject(new Error("a pipe was left to docker")),
};

scenario("the client that is built in says what docker says", async (project) => {
  await project.define({ services: { web: service({ replicas: 2 }) } });
  await project.deploy();
  const [one, two] = await project.containers();
  const client = new BuiltinClient(noPrograms, ["docker"], socket!);
  try {
    await sayTheSame(client, project, one.id);
    await hearTheSame(client, project, two.id);
    await endTheSame(client, one.id, two.id);
  } finally {
    await client.close();
  }
}, { unless });

async function sayTheSame(client: Spawner, { name }: Project, id: string): Promise<void> {
  const sameOutput: string[][] = [
    argv.listContainers({ project: name }),
    argv.listContainers({ project: name, service: "web", status: "running" }),
    argv.listContainers({ project: name, service: "no-such-service" }),
    argv.inspectImages([busybox]),
    history.listEntries(name),
    argv.engineVersion(),
    argv.execIn(id, { command: ["sh", "-c", "echo out; echo err >&2; exit 3"] }),
    argv.execIn(id, { command: ["id", "-u"], user: "1", workingDir: "/tmp" }),
    argv.execIn(id, { command: ["printenv", "VERSION"] }),
    argv.start(id),
    argv.start("no-such-container"),
    argv.stop("no-such-container", 1),
    argv.remove("no-such-container", { discard: false }),
    argv.rename("no-such-container", "x"),
    argv.execIn("no-such-container", { command: ["true"] }),
  ];
  for (const words of sameOutput) {
    const [own, real] = await both(client, words);
    assert.deepEqual(firstLine(own), firstLine(real), words.join(" "));
  }
  // A name can be given only once.
  assert.equal((await client.write(["docker", ...argv.rename(id, `${name}-own`)])).code, 0);
  assert.equal((await spawner.write(["docker", ...argv.rename(id, `${name}-real`)])).code, 0);
  // The client says it in words of its own, by which nothing goes.
  const sameCode: string[][] = [
    argv.inspectImages(["no-such-image:1"]),
    argv.inspectImages([busybox, "no-such-image:1"]),
    argv.remove(id, { discard: false }),
    argv.execIn(id, { command: ["no-such-program"] }),
  ];
  for (const words of sameCode) {
    const [own, real] = await both(client, words);
    assert.deepEqual([own.code, own.stdout.trim()], [real.code, real.stdout.trim()], words[0]);
  }
  // Other tests may give the image a name in between.
  const image = (await both(client, history.inspectImages([busybox])))
    .map(({ stdout }) => JSON.parse(stdout)).map((
      [{ Id, Config, RootFS }],
    ) => [Id, Config, RootFS]);
  assert.deepEqual(image[0], image[1]);
  const [own, real] = await both(client, argv.inspectContainers([id, "no-such-container"]));
  assert.equal(own.code, real.code);
  // A healthcheck may run in between.
  const decoded = [own, real].map(({ stdout }) =>
    decodeContainers(stdout).map(({ lastCheck: _, ...others }) => others)
  );
  assert.deepEqual(decoded[0], decoded[1]);
  await spawner.write(["docker", "volume", "create", "--label", "a=b", name]);
  const volumes = await both(client, argv.inspectVolumes([name, "no-such-volume"]));
  await spawner.write(["docker", "volume", "rm", name]);
  assert.deepEqual(volumes.map(({ code }) => code), [1, 1]);
  const [ownVolumes, realVolumes] = volumes.map(({ stdout }) => decodeVolumes(stdout));
  assert.equal(ownVolumes[0].labels.a, "b");
  assert.deepEqual(ownVolumes, realVolumes);
  assert.match(real.stderr + own.stderr, /(No such container: no-such-container\s+.*){2}/);
}

/** Events have the same form. */
async function hearTheSame(client: Spawner, { name }: Project, id: string): Promise<void> {
  const words = ["docker", ...argv.events(name, "{{json .}}")];
  const heard: Record<string, unknown>[] = [];
  for (const from of [client, spawner]) {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    const stream = from.stream(words, (line) => {
      const event = JSON.parse(line);
      if (event.id === id && event.Action === "pause") resolve(event);
    });
    // Until it listens, it hears nothing.
    let event: Record<string, unknown> | undefined;
    while (!event) {
      await spawner.write(["docker", ...argv.pause([id])]);
      const soon = new Promise<undefined>((wait) => setTimeout(() => wait(undefined), 200));
      event = await Promise.race([promise, soon]);
      await spawner.write(["docker", ...argv.unpause([id])]);
    }
    await stream.end();
    heard.push(event);
  }
  const [own, real] = heard.map(({ time: _, timeNano: __, ...others }) => others);
  assert.deepEqual(own, real);
}

async function endTheSame(client: Spawner, one: string, two: string): Promise<void> {
  const run = async (how: Spawner, id: string) => [
    (await how.write(["docker", ...argv.stop(id, 5)])).code,
    (await how.write(["docker", ...argv.stop(id)])).code,
    (await how.write(["docker", ...argv.remove(id, { discard: false })])).code,
    (await how.write(["docker", ...argv.remove(id, { discard: true })])).code,
  ];
  assert.deepEqual(await run(client, one), await run(spawner, two));
}

scenario("an entry of a history is imported by either", async ({ name }) => {
  const client = new BuiltinClient(noPrograms, ["docker"], socket!);
  const stdin = new Uint8Array(1024);
  try {
    const made: unknown[] = [];
    for (const [number, how] of [client, spawner].entries()) {
      const words = history.importEntry(name, number, "an-entry");
      const { code, stdout } = await how.write(["docker", ...words], { stdin });
      assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/);
      const look = ["docker", ...history.inspectImages([history.entryName(name, number)])];
      const [{ Id, Config, RootFS }] = JSON.parse((await spawner.read(look)).stdout);
      assert.equal(stdout.trim(), Id);
      made.push({ code, labels: Config.Labels, RootFS });
    }
    assert.deepEqual(made[0], made[1]);
    const words = ["docker", "import", "--change", "NONSENSE x", "-", `${name}:never`];
    for (const how of [client, spawner]) {
      const { code, stderr } = await how.write(words, { stdin });
      assert.equal(code, 1);
      assert.match(stderr, /^Error response from daemon: .*nonsense/i);
    }
  } finally {
    await client.close();
    for (const number of [0, 1]) {
      await spawner.write(["docker", ...history.removeName(history.entryName(name, number))]);
    }
  }
}, { unless });

scenario("images are named and lose a name by either", async ({ name }) => {
  const client = new BuiltinClient(noPrograms, ["docker"], socket!);
  const named = `${name}-image:1`;
  try {
    for (const [own, other] of [[client, spawner], [spawner, client]]) {
      assert.equal((await own.write(["docker", ...history.tagImage(busybox, named)])).code, 0);
      assert.equal((await other.read(["docker", ...argv.inspectImages([named])])).code, 0);
      const removed = await own.write(["docker", ...history.removeName(named)]);
      assert.deepEqual(removed, { code: 0, stdout: `Untagged: ${named}\n`, stderr: "" });
      const again = await other.write(["docker", ...history.removeName(named)]);
      assert.equal(again.code, 1);
      assert.match(again.stderr, /no such image/i);
    }
  } finally {
    await client.close();
  }
}, { unless });

scenario("locks are taken, beaten and given back by either", async (project) => {
  const client = new BuiltinClient(noPrograms, ["docker"], socket!);
  // Whichever image there is, it may have volumes, of which nothing is to be left.
  const image = `${project.name}-image`;
  project.images.push(image);
  const container = (await docker(["create", busybox])).trim();
  await docker(["commit", "--change", "VOLUME /data", container, image]);
  await docker(["rm", container]);
  const words = lock.createLock(project.name, { "kerek.lock": project.name }, image);
  try {
    for (const [own, other] of [[client, spawner], [spawner, client]]) {
      const { code, stdout } = await own.write(["docker", ...words]);
      assert.equal(code, 0);
      const id = stdout.trim();
      const second = await other.write(["docker", ...words]);
      assert.notEqual(second.code, 0);
      assert.match(second.stderr, /is already in use/);
      assert.equal((await own.write(["docker", ...lock.beat(id, 12)])).code, 0);
      const { stdout: json } = await other.read(["docker", ...lock.inspectLock(project.name)]);
      const [{ Config, HostConfig, Mounts }] = JSON.parse(json);
      assert.equal(HostConfig.RestartPolicy.MaximumRetryCount, 12);
      assert.equal(Config.Labels["kerek.lock"], project.name);
      assert.equal(HostConfig.NetworkMode, "none");
      assert.equal((await other.write(["docker", ...lock.removeLock(id)])).code, 0);
      const volumes = await spawner.read(["docker", ...argv.inspectVolumes([Mounts[0].Name])]);
      assert.match(volumes.stderr, /no such volume/i);
      assert.match((await own.write(["docker", ...lock.beat(id, 1)])).stderr, /No such container/);
    }
  } finally {
    await client.close();
    await spawner.write(["docker", "rm", "--force", lock.lockName(project.name)]);
  }
}, { unless });

async function both(client: Spawner, words: string[]): Promise<[Output, Output]> {
  return [await client.read(["docker", ...words]), await spawner.read(["docker", ...words])];
}

/** Docker repeats an error of the engine in other words behind it. */
const firstLine = ({ code, stdout, stderr }: Output) => ({
  code,
  stdout,
  stderr: stderr.split("\n")[0],
});
