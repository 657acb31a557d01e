import assert from "node:assert/strict";
import { ExitCode } from "../errors.ts";
import type { ComposeOptions, EngineOptions } from "../options.ts";
import { clientsOf, composeGlobals, dockerGlobals, type Surroundings } from "./clients.ts";

const noCompose: ComposeOptions = { envFiles: [], files: [], profiles: [] };

function around(variables: Record<string, string> = {}, files: string[] = []): Surroundings {
  return {
    env: (name) => variables[name],
    fileExists: (path) => files.includes(path),
    composePlugin: () => undefined,
    currentContext: () => undefined,
    contextHost: (name) => Promise.resolve(`host-of-${name}`),
  };
}

const everything: EngineOptions = {
  containerEngine: "docker",
  config: "c",
  context: "x",
  debug: true,
  host: "h",
  logLevel: "warn",
  tls: true,
  tlscacert: "a",
  tlscert: "b",
  tlskey: "k",
  tlsverify: true,
};

Deno.test("docker gets all options of the client, for the engine and for Compose", async () => {
  const globals = "--config c --context x --debug --host h --log-level warn --tls --tlscacert a " +
    "--tlscert b --tlskey k --tlsverify";
  assert.equal(dockerGlobals(everything).join(" "), globals);
  assert.deepEqual(dockerGlobals({ containerEngine: "docker", debug: false, tls: false }), []);
  const clients = await clientsOf(everything, { ...noCompose, projectName: "p" }, around());
  assert.deepEqual(clients, {
    engine: ["docker", ...globals.split(" ")],
    compose: ["docker", ...globals.split(" "), "compose", "--project-name", "p"],
    composeAlone: ["docker", ...globals.split(" "), "compose"],
    isPodman: false,
  });
});

Deno.test("Compose gets its options in front of its commands", () => {
  const options: ComposeOptions = {
    allResources: true,
    ansi: "never",
    compatibility: true,
    envFiles: ["e", "f"],
    files: ["a", "-"],
    parallel: -1,
    profiles: ["q", "r"],
    progress: "tty",
    projectDirectory: "d",
    projectName: "p",
  };
  assert.deepEqual(composeGlobals(noCompose), []);
  assert.equal(
    composeGlobals(options).join(" "),
    "--all-resources --ansi never --compatibility --env-file e --env-file f --file a --file - " +
      "--parallel -1 --profile q --profile r --progress plain --project-directory d " +
      "--project-name p",
  );
});

Deno.test("values that look like options or shell text stay one word behind their option", () => {
  for (const word of ["--help", "-oProxyCommand=x", "; touch x", "$(touch x)", "a b", "*", ""]) {
    const docker = dockerGlobals({ ...everything, config: word, context: word, host: word });
    for (const name of ["--config", "--context", "--host"]) {
      assert.equal(docker[docker.indexOf(name) + 1], word);
    }
    assert.equal(docker.length, dockerGlobals(everything).length);
    const compose = composeGlobals({
      envFiles: [word],
      files: [word],
      profiles: [word],
      projectDirectory: word,
      projectName: word,
    });
    assert.deepEqual(compose, [
      ...["--env-file", word, "--file", word, "--profile", word],
      ...["--project-directory", word, "--project-name", word],
    ]);
  }
});

Deno.test("Podman and Compose are led to one endpoint, wherever it comes from", async () => {
  const user = "/run/user/1000/podman/podman.sock";
  const system = "/run/podman/podman.sock";
  const runtime = { XDG_RUNTIME_DIR: "/run/user/1000" };
  const cases: [
    given: Partial<EngineOptions>,
    variables: Record<string, string>,
    files: string[],
    host: string,
  ][] = [
    [{ host: "h" }, { DOCKER_HOST: "d", DOCKER_CONTEXT: "x", CONTAINER_HOST: "c" }, [], "h"],
    [{ context: "y" }, { DOCKER_HOST: "d", DOCKER_CONTEXT: "x" }, [], "host-of-y"],
    [{}, { DOCKER_HOST: "d", DOCKER_CONTEXT: "x", CONTAINER_HOST: "c" }, [], "d"],
    [{}, { DOCKER_HOST: "", DOCKER_CONTEXT: "x", CONTAINER_HOST: "c" }, [], "host-of-x"],
    [{}, { CONTAINER_HOST: "c" }, [system], "c"],
    [{}, runtime, [user, system], `unix://${user}`],
    [{}, runtime, [system], `unix://${system}`],
    [{}, {}, [user, system], `unix://${system}`],
  ];
  for (const containerEngine of ["podman", "/usr/bin/podman", "podman-remote"]) {
    for (const [given, variables, files, host] of cases) {
      const engine = { containerEngine, ...given };
      assert.deepEqual(await clientsOf(engine, noCompose, around(variables, files)), {
        engine: [containerEngine, "--url", host],
        compose: ["docker", "--host", host, "compose"],
        composeAlone: ["docker", "--host", host, "compose"],
        isPodman: true,
      });
    }
  }
});

Deno.test("other programs are called as docker is", async () => {
  for (const containerEngine of ["nerdctl", "my-podman", "/podman/docker"]) {
    const { engine, isPodman } = await clientsOf({ containerEngine }, noCompose, around());
    assert.deepEqual([engine, isPodman], [[containerEngine], false]);
  }
});

Deno.test("Podman without an endpoint, or with TLS, is an error that says what to do", async () => {
  const podman = { containerEngine: "podman" };
  await assert.rejects(clientsOf(podman, noCompose, around()), {
    name: "KerekError",
    message: "Cannot find Podman's socket: none of the usual ones is there",
    hint: "Start podman.socket, or say where it is with --host or CONTAINER_HOST.",
    exitCode: ExitCode.untouched,
  });
  for (const tls of [{ tls: true }, { tlsverify: true }, { tlscacert: "a" }, { tlskey: "k" }]) {
    await assert.rejects(clientsOf({ ...podman, host: "h", ...tls }, noCompose, around()), {
      name: "KerekError",
      message: `Cannot use --${Object.keys(tls)[0]} with Podman: it has no such option`,
      exitCode: ExitCode.usage,
    });
  }
});

Deno.test("Compose's plugin is called by itself where docker has no options for it", async () => {
  const place = { ...around(), composePlugin: () => "/plugins/docker-compose" };
  const compose = { ...noCompose, projectName: "x" };
  const cases: [engine: Partial<EngineOptions>, compose: string[]][] = [
    [{}, ["/plugins/docker-compose", "--project-name", "x"]],
    [{ host: "ssh://y" }, ["docker", "--host", "ssh://y", "compose", "--project-name", "x"]],
  ];
  for (const [engine, expected] of cases) {
    const clients = await clientsOf({ containerEngine: "docker", ...engine }, compose, place);
    assert.deepEqual(clients.compose, expected);
    assert.equal(clients.engine[0], "docker");
  }
});
