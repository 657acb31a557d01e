import assert from "node:assert/strict";
import { KerekError } from "../errors.ts";
import type { DeployOptions } from "../options.ts";
import { CommandEngine } from "./engine.ts";
import { Programs } from "./programs.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const clients = {
  engine: ["docker"],
  compose: ["docker", "compose"],
  composeAlone: ["docker", "compose"],
  isPodman: false,
};
const web = { service: "web", existing: 1, missing: 2 };

function engineOf(spawner: FakeSpawner, options: Partial<DeployOptions> = {}) {
  const output: string[] = [];
  const engine = new CommandEngine(
    new Programs(clients, spawner),
    { name: "shop", services: [], injections: new Map(), mountedFiles: new Map() },
    {
      engine: { containerEngine: "docker" },
      compose: { envFiles: [], files: [], profiles: [] },
      services: [],
      ...options,
    },
    { env: () => undefined, onOutput: (text) => output.push(text) },
  );
  return { engine, output };
}

function shop(): FakeSpawner {
  const spawner = new FakeSpawner({ services: { web: { hash: "new" }, db: { hash: "new" } } });
  spawner.add("web");
  return spawner;
}

const ids = ({ state }: FakeSpawner) => state.containers.map(({ id }) => id);

Deno.test("creating gives the containers that were not there before", async () => {
  const spawner = shop();
  const { engine } = engineOf(spawner);
  const created = await engine.create([web, { service: "db", existing: 0, missing: 1 }]);
  assert.deepEqual(
    created.map(({ id, name, number, service }) => [id, name, number, service]),
    [
      ["id2", "shop-web-2", 2, "web"],
      ["id3", "shop-web-3", 3, "web"],
      ["id4", "shop-db-1", 1, "db"],
    ],
  );
});

Deno.test("new containers get the numbers that they are to have, if nobody else has them", async () => {
  const spawner = shop();
  const { engine } = engineOf(spawner);
  spawner.answer = (words) =>
    words[0] === "rename" && words.at(-1) === "shop-web-9"
      ? { code: 1, stderr: "Conflict" }
      : undefined;
  const created = await engine.create([{ ...web, numbers: [7, 9] }]);
  assert.deepEqual(created.map(({ name, number }) => [name, number]), [
    ["shop-web-7", 2],
    ["shop-web-3", 3],
  ]);
  assert.deepEqual(spawner.lines("write").slice(-2), [
    "docker rename -- id2 shop-web-7",
    "docker rename -- id3 shop-web-9",
  ]);
});

Deno.test("when Compose fails to create, what it did create is removed", async () => {
  const spawner = shop();
  spawner.answer = ([command]) => {
    if (command !== "up") return undefined;
    spawner.add("web", { hash: "new", status: "created" });
    return { code: 1, stderr: " Container shop-web-2  Created\nError: no space left\n" };
  };
  const { engine } = engineOf(spawner);
  await assert.rejects(engine.create([web]), { name: "KerekError", message: "no space left" });
  assert.deepEqual(ids(spawner), ["id1"]);
  assert.deepEqual(spawner.lines("write").slice(1), ["docker rm --force --volumes -- id2"]);
});

Deno.test("a count other than what was asked for is an error, and what is new is removed", async () => {
  for (const count of [0, 1, 3]) {
    const spawner = shop();
    spawner.answer = ([command]) => {
      if (command !== "up") return undefined;
      for (let i = 0; i < count; i++) spawner.add("web", { status: "created" });
      return "";
    };
    const { engine } = engineOf(spawner);
    await assert.rejects(engine.create([web]), {
      name: "KerekError",
      message: `Compose created ${count} containers of web instead of 2`,
      hint: "See that nothing else deploys this project at the same time, then try again.",
    });
    assert.deepEqual(ids(spawner), ["id1"]);
  }
});

Deno.test("what somebody else made and started meanwhile is left alone", async () => {
  const spawner = shop();
  spawner.answer = ([command]) => {
    if (command !== "up") return undefined;
    spawner.add("web", { status: "running" });
    return { code: 1, stderr: 'Error: Conflict. The container name "/shop-web-2" is in use\n' };
  };
  const { engine } = engineOf(spawner);
  await assert.rejects(engine.create([web]), /Conflict/);
  assert.deepEqual(ids(spawner), ["id1", "id2"]);
});

Deno.test("replicas that are paused are paused again after creating, also when that fails", async () => {
  for (const code of [0, 1]) {
    const spawner = shop();
    spawner.state.containers[0].status = "paused";
    spawner.answer = ([command]) => {
      if (command !== "up") return undefined;
      assert.equal(spawner.state.containers[0].status, "running");
      return code === 0 ? undefined : { code, stderr: "Error: x\n" };
    };
    const { engine } = engineOf(spawner);
    await engine.create([web]).catch((error) => assert.equal(error.message, "x"));
    assert.equal(spawner.state.containers[0].status, "paused");
  }
});

Deno.test("stopping and removing what is gone already is no error, all else is", async () => {
  const gone = [
    "Error response from daemon: No such container: x\n",
    'Error: no container with name or ID "x" found: no such container\n',
    "Error response from daemon: removal of container x is already in progress\n",
  ];
  for (const stderr of [...gone, "Error response from daemon: device or resource busy\n"]) {
    const spawner = shop();
    spawner.answer = () => ({ code: 1, stderr });
    const { engine } = engineOf(spawner);
    for (const call of [() => engine.stop("x"), () => engine.remove("x", { discard: false })]) {
      if (gone.includes(stderr)) await call();
      else await assert.rejects(call, { message: "device or resource busy" });
    }
  }
});

Deno.test("a start that fails says why", async () => {
  const spawner = shop();
  spawner.answer = () => ({
    code: 1,
    stderr: "Error response from daemon: driver failed programming external connectivity on " +
      "endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated\n" +
      "Error: failed to start containers: id1\n",
  });
  await assert.rejects(engineOf(spawner).engine.start("id1"), {
    name: "KerekError",
    message: /Bind for 0.0.0.0:80 failed: port is already allocated$/,
    details: [],
  });
});

Deno.test("the time limit of containers is the deploy's", async () => {
  for (
    const [timeoutS, line] of [[undefined, "docker stop -- id1"], [3, "docker stop -t 3 -- id1"]]
  ) {
    const spawner = shop();
    await engineOf(spawner, { timeoutS: timeoutS as number | undefined }).engine.stop("id1");
    assert.deepEqual(spawner.lines(), [line]);
  }
});

Deno.test("builds and pulls let their output out as it comes, and only the reason in the end", async () => {
  const spawner = shop();
  const { engine, output } = engineOf(spawner, { quietPull: true });
  await engine.build(["web", "db"]);
  await engine.pull(["web"]);
  assert.deepEqual(output, ["build done\n", "pull done\n"]);
  assert.deepEqual(spawner.lines(), [
    "docker compose build -- web db",
    "docker compose pull --quiet -- web",
  ]);
  spawner.answer = () => ({ code: 17, stderr: "#5 ERROR: x\nfailed to solve: x\n" });
  await assert.rejects(engine.build(["web"]), { message: "failed to solve: x", details: [] });
});

Deno.test("last lines are those of both streams, and of a healthcheck that fails", async () => {
  const spawner = shop();
  const { engine } = engineOf(spawner);
  assert.deepEqual(await engine.lastLines("id1", 5), ["out", "err"]);
  assert.deepEqual(spawner.lines()[0], "docker logs --tail 5 -- id1");
  spawner.answer = ([command]) => command === "logs" ? "a\nb \n\nc\n" : undefined;
  assert.deepEqual(await engine.lastLines("id1", 2), ["b", "c"]);
});

Deno.test("a container that is gone cannot be inspected", async () => {
  const { engine } = engineOf(shop());
  assert.equal((await engine.inspect("id1")).status, "running");
  await assert.rejects(engine.inspect("0123456789abcdef"), KerekError);
});

Deno.test("a command gets its variables by standard input, and is ended by an interruption", async () => {
  const spawner = shop();
  spawner.answer = ([command]) => command === "exec" ? "" : undefined;
  const { engine } = engineOf(spawner);
  const exec = { command: ["true"], environment: { KEY: "secret" } };
  const interruption = new AbortController();
  await engine.exec("id1", exec, interruption.signal);
  assert.deepEqual(spawner.calls, [{
    kind: "write",
    argv: ["docker", "exec", "--env-file", "/dev/stdin", "--", "id1", "true"],
    stdin: "KEY=secret\n",
  }]);
  interruption.abort(new Error("enough"));
  await assert.rejects(engine.exec("id1", exec, interruption.signal), { message: "enough" });
});

Deno.test("a container is connected anew with its own name among its names, or with none", async () => {
  const spawner = shop();
  spawner.answer = ([kind]) => kind === "network" ? "" : undefined;
  const { engine } = engineOf(spawner);
  await engine.replug("id1", { to: { network: "n", aliases: [] }, isConnected: true });
  await engine.replug("id1", { to: { network: "n", aliases: ["web"] }, isConnected: true });
  await engine.replug("id1", { to: { network: "m", aliases: ["web"] }, isConnected: false });
  assert.deepEqual(spawner.lines("write"), [
    "docker network disconnect -- n id1",
    "docker network connect -- n id1",
    "docker network disconnect -- n id1",
    "docker network connect --alias shop-web-1 --alias web -- n id1",
    "docker network connect --alias shop-web-1 --alias web -- m id1",
  ]);
});
