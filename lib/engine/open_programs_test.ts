import assert from "node:assert/strict";
import type { EngineOptions } from "../options.ts";
import { openPrograms, type ProgramPorts } from "./open_programs.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const compose = { envFiles: [], files: [], profiles: [] };

const hosts: Record<string, string> = {
  near: "unix:///near",
  far: "ssh://of-far",
  hostile: "ssh://h/;touch$IFS/canary",
};

/** How the engine is called, and what was done for it, in order. */
async function opened(
  engine: Partial<EngineOptions>,
  variables: Record<string, string> = {},
  current?: string,
) {
  const done: string[] = [];
  const ports: ProgramPorts = {
    spawner: new FakeSpawner(),
    surroundings: {
      env: (name) => variables[name],
      fileExists: () => false,
      composePlugin: () => undefined,
      currentContext: () => current,
      contextHost: (name) => Promise.resolve(hosts[name]),
    },
    readStdin: () => Promise.resolve(""),
    openTunnel: (address) => {
      done.push(`open ${address}`);
      if (address === "ssh://closed") return Promise.resolve(undefined);
      return Promise.resolve({
        host: "unix:///t",
        current: () => Promise.resolve(1),
        check: () => Promise.resolve(1),
        close: () => Promise.resolve(void done.push("close")),
      });
    },
  };
  const options = { engine: { containerEngine: "docker", ...engine }, compose };
  {
    await using programs = await openPrograms(options, ports);
    done.push(programs.clients.engine.join(" "));
    const words = programs.clients.engine.slice(1).map((word) =>
      word === "--url" ? "--host" : word
    );
    assert.deepEqual(programs.clients.compose, ["docker", ...words, "compose"]);
  }
  return done.join(", ");
}

Deno.test("an engine that is reached by SSH has one tunnel for all calls", async () => {
  const far = (address: string) => `open ${address}, docker --host unix:///t, close`;
  const cases: [expected: string, ...given: Parameters<typeof opened>][] = [
    ["docker", {}],
    ["docker --host tcp://h", { host: "tcp://h" }],
    ["docker --context near", { context: "near" }],
    [far("ssh://u@h"), { host: "ssh://u@h" }],
    // With SSH, docker makes no use of them.
    [far("ssh://h"), { host: "ssh://h", tlsverify: true, tlscacert: "c" }],
    [far("ssh://of-far"), { context: "far" }],
    [far("ssh://d"), {}, { DOCKER_HOST: "ssh://d", DOCKER_CONTEXT: "far" }],
    [far("ssh://of-far"), {}, { DOCKER_CONTEXT: "far" }],
    [far("ssh://of-far"), {}, {}, "far"],
    ["docker", {}, {}, "default"],
    ["docker --context near", { context: "near" }, { DOCKER_HOST: "ssh://d" }],
    ["docker", {}, { DOCKER_CONTEXT: "near" }, "far"],
    ["open ssh://closed, docker --host ssh://closed", { host: "ssh://closed" }],
    ["docker --host ssh://h", { host: "ssh://h" }, { DOCKER_TLS_VERIFY: "1" }],
    [
      "open ssh://c, podman --url unix:///t, close",
      { containerEngine: "podman" },
      { CONTAINER_HOST: "ssh://c" },
      "far",
    ],
  ];
  for (const [expected, ...given] of cases) {
    assert.equal(await opened(...given), expected, JSON.stringify(given));
  }
});

Deno.test("a context's address is not handed on as it is", async () => {
  for (const call of [opened({ context: "hostile" }), opened({}, {}, "hostile")]) {
    await assert.rejects(call, {
      name: "KerekError",
      message: 'Cannot use context hostile: its host is "ssh://h/;touch$IFS/canary"',
    });
  }
});
