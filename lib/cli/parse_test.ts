import assert from "node:assert/strict";
import type { ComposeOptions, DeployCommandOptions, EngineOptions } from "../options.ts";
import type { Invocation } from "./invocation.ts";
import { parse } from "./parse.ts";

function parseLine(argv: string[], variables: Record<string, string> = {}): Invocation {
  return parse(argv, { env: (name) => variables[name], columns: () => undefined });
}

function deploy(
  { engine, compose, ...rest }: Partial<Omit<DeployCommandOptions, "engine" | "compose">> & {
    engine?: Partial<EngineOptions>;
    compose?: Partial<ComposeOptions>;
  },
): Invocation {
  const options = {
    engine: { containerEngine: "docker", ...engine },
    compose: { envFiles: [], files: [], profiles: [], ...compose },
    services: [],
    ...rest,
  };
  return { command: "deploy", options };
}

const globals: [argv: string[], expected: Invocation][] = [
  [["--container-engine", "podman"], deploy({ engine: { containerEngine: "podman" } })],
  [["--container-engine=/bin/x"], deploy({ engine: { containerEngine: "/bin/x" } })],
  [["--dry-run"], deploy({ dryRun: true })],
  [["--dry-run=false"], deploy({})],
  [["--config", "dir"], deploy({ engine: { config: "dir" } })],
  [["--config=dir"], deploy({ engine: { config: "dir" } })],
  [["--context", "x"], deploy({ engine: { context: "x" } })],
  [["--context=x"], deploy({ engine: { context: "x" } })],
  [["-c", "x"], deploy({ engine: { context: "x" } })],
  [["-cx"], deploy({ engine: { context: "x" } })],
  [["-c=x"], deploy({ engine: { context: "x" } })],
  [["--debug"], deploy({ engine: { debug: true } })],
  [["-D"], deploy({ engine: { debug: true } })],
  [["--host", "ssh://x"], deploy({ engine: { host: "ssh://x" } })],
  [["--host=ssh://x"], deploy({ engine: { host: "ssh://x" } })],
  [["-H", "ssh://x"], deploy({ engine: { host: "ssh://x" } })],
  [["-Hssh://x"], deploy({ engine: { host: "ssh://x" } })],
  [["-DHx"], deploy({ engine: { debug: true, host: "x" } })],
  [["--log-level", "debug"], deploy({ engine: { logLevel: "debug" } })],
  [["--log-level=info"], deploy({ engine: { logLevel: "info" } })],
  [["-l", "warn"], deploy({ engine: { logLevel: "warn" } })],
  [["-lerror"], deploy({ engine: { logLevel: "error" } })],
  [["-l=fatal"], deploy({ engine: { logLevel: "fatal" } })],
  [["--tls"], deploy({ engine: { tls: true } })],
  [["--tlscacert", "f"], deploy({ engine: { tlscacert: "f" } })],
  [["--tlscert=f"], deploy({ engine: { tlscert: "f" } })],
  [["--tlskey", "f"], deploy({ engine: { tlskey: "f" } })],
  [["--tlsverify"], deploy({ engine: { tlsverify: true } })],
  [["--tlsverify=false"], deploy({})],
  [["--host", "x", "--host", "y"], deploy({ engine: { host: "y" } })],
];

Deno.test("global options count before and after the command", () => {
  for (const [argv, expected] of globals) {
    assert.deepEqual(parseLine([...argv, "deploy"]), expected, argv.join(" "));
    assert.deepEqual(parseLine(["deploy", ...argv]), expected, argv.join(" "));
  }
});

Deno.test("options of Compose count before and after the command, those that repeat in both", () => {
  const argv = ["-f", "a", "--profile=p", "-p", "x", "deploy", "--file=b", "-p", "y", "web"];
  assert.deepEqual(
    parseLine(argv),
    deploy({
      compose: { files: ["a", "b"], profiles: ["p"], projectName: "y" },
      services: ["web"],
    }),
  );
});

Deno.test("of a global option given before and after the command, the latter counts", () => {
  assert.deepEqual(
    parseLine(["--debug", "--context=x", "-Ha", "deploy", "-Hb", "--debug=false"]),
    deploy({ engine: { context: "x", host: "b" } }),
  );
});

Deno.test("the engine is the option's, else the environment's if not empty, else docker", () => {
  const cases: [argv: string[], value: string, engine: string][] = [
    [["deploy"], "podman", "podman"],
    [["deploy"], "", "docker"],
    [["deploy", "--container-engine=nerdctl"], "podman", "nerdctl"],
    [["deploy", "--container-engine=nerdctl"], "a b", "nerdctl"],
  ];
  for (const [argv, value, containerEngine] of cases) {
    const expected = deploy({ engine: { containerEngine } });
    assert.deepEqual(parseLine(argv, { CONTAINER_ENGINE: value }), expected);
  }
});

const deploys: [argv: string[], expected: Invocation][] = [
  [[], deploy({})],
  [["x"], deploy({ services: ["x"] })],
  [["x", "--build", "y"], deploy({ services: ["x", "y"], build: true })],
  [["--wait", "--", "x"], deploy({ services: ["x"], wait: true })],
  [["--all-resources"], deploy({ compose: { allResources: true } })],
  [["--ansi", "never"], deploy({ compose: { ansi: "never" } })],
  [["--ansi=always"], deploy({ compose: { ansi: "always" } })],
  [["--ansi=auto"], deploy({ compose: { ansi: "auto" } })],
  [["--compatibility"], deploy({ compose: { compatibility: true } })],
  [["--env-file", "a"], deploy({ compose: { envFiles: ["a"] } })],
  [["--env-file=a", "--env-file", "b"], deploy({ compose: { envFiles: ["a", "b"] } })],
  [["--file", "a"], deploy({ compose: { files: ["a"] } })],
  [["--file=a", "-f", "b", "-fc", "-f=d"], deploy({ compose: { files: ["a", "b", "c", "d"] } })],
  [["-f", "-"], deploy({ compose: { files: ["-"] } })],
  [["-f-"], deploy({ compose: { files: ["-"] } })],
  [["--parallel", "4"], deploy({ compose: { parallel: 4 } })],
  [["--parallel", "-1"], deploy({ compose: { parallel: -1 } })],
  [["--parallel=-1"], deploy({ compose: { parallel: -1 } })],
  [["--profile", "a"], deploy({ compose: { profiles: ["a"] } })],
  [["--profile=a", "--profile=b"], deploy({ compose: { profiles: ["a", "b"] } })],
  [["--probe", "http://a"], deploy({ probe: "http://a/" })],
  [["--report=r.html"], deploy({ report: "r.html" })],
  [["--timeline"], deploy({ timeline: true })],
  [["--progress", "auto"], deploy({ compose: { progress: "auto" } })],
  [["--progress=tty"], deploy({ compose: { progress: "tty" } })],
  [["--progress=plain"], deploy({ compose: { progress: "plain" } })],
  [["--progress=json"], deploy({ compose: { progress: "json" } })],
  [["--progress=quiet"], deploy({ compose: { progress: "quiet" } })],
  [["--project-directory", "d"], deploy({ compose: { projectDirectory: "d" } })],
  [["--project-directory=d"], deploy({ compose: { projectDirectory: "d" } })],
  [["--project-name", "p"], deploy({ compose: { projectName: "p" } })],
  [["--project-name=p"], deploy({ compose: { projectName: "p" } })],
  [["-p", "p"], deploy({ compose: { projectName: "p" } })],
  [["-pp"], deploy({ compose: { projectName: "p" } })],
  [["-p=p"], deploy({ compose: { projectName: "p" } })],
  [["--build"], deploy({ build: true })],
  [["--build=true"], deploy({ build: true })],
  [["--build=false"], deploy({})],
  [["--deps"], deploy({ deps: true })],
  [["--no-deps"], deploy({})],
  [["--detach"], deploy({})],
  [["-d"], deploy({})],
  [["-dV"], deploy({ renewAnonVolumes: true })],
  [["--force-recreate"], deploy({ forceRecreate: true })],
  [["--no-build"], deploy({ noBuild: true })],
  [["--no-build=false"], deploy({})],
  [["--image-changes"], deploy({ imageChanges: true })],
  [["--image-changes=false"], deploy({})],
  [["--no-rollback"], deploy({ noRollback: true })],
  [["--no-rollback=false"], deploy({})],
  [["--no-start"], deploy({ noStart: true })],
  [["--on-failure", "pause"], deploy({ onFailure: "pause" })],
  [["--on-failure=continue"], deploy({ onFailure: "continue" })],
  [["--on-failure=rollback"], deploy({ onFailure: "rollback" })],
  [["--order", "start-first"], deploy({ order: "start-first" })],
  [["--order=stop-first"], deploy({ order: "stop-first" })],
  [["--pull", "always"], deploy({ pull: "always" })],
  [["--pull=missing"], deploy({ pull: "missing" })],
  [["--pull=never"], deploy({ pull: "never" })],
  [["--quiet-pull"], deploy({ quietPull: true })],
  [["--remove-orphans"], deploy({ removeOrphans: true })],
  [["--renew-anon-volumes"], deploy({ renewAnonVolumes: true })],
  [["-V"], deploy({ renewAnonVolumes: true })],
  [["--timeout", "5"], deploy({ timeoutS: 5 })],
  [["--timeout=5"], deploy({ timeoutS: 5 })],
  [["-t", "0"], deploy({ timeoutS: 0 })],
  [["-t5"], deploy({ timeoutS: 5 })],
  [["-t=5"], deploy({ timeoutS: 5 })],
  [["--update-parallelism", "2"], deploy({ updateParallelism: 2 })],
  [["--update-parallelism=0"], deploy({ updateParallelism: 0 })],
  [["--wait"], deploy({ wait: true })],
  [["--wait=true"], deploy({ wait: true })],
  [["--wait-timeout", "9"], deploy({ waitTimeoutS: 9 })],
  [["--wait-timeout=9"], deploy({ waitTimeoutS: 9 })],
];

Deno.test("deploy takes the options of docker compose and docker compose up", () => {
  for (const [argv, expected] of deploys) {
    assert.deepEqual(parseLine(["deploy", ...argv]), expected, argv.join(" "));
  }
});

const engine = { containerEngine: "docker" };
const compose = { envFiles: [], files: [], profiles: [] };
const others: [argv: string[], expected: Invocation][] = [
  [["config"], { command: "config", options: { engine, compose, services: [] } }],
  [["--dry-run", "config", "a", "--schema", "b"], {
    command: "config",
    options: { engine, compose, dryRun: true, schema: true, services: ["a", "b"] },
  }],
  [["config", "--config=dir", "-f", "a", "-pp", "--on-failure=pause", "--order=stop-first"], {
    command: "config",
    options: {
      engine: { ...engine, config: "dir" },
      compose: { ...compose, files: ["a"], projectName: "p" },
      onFailure: "pause",
      order: "stop-first",
      services: [],
    },
  }],
  [["config", "--update-parallelism", "0"], {
    command: "config",
    options: { engine, compose, services: [], updateParallelism: 0 },
  }],
  [["hooks", "init"], { command: "hooks", options: { engine, action: "init", file: "hooks.ts" } }],
  [["hooks", "init", "my.ts", "--dry-run"], {
    command: "hooks",
    options: { engine, action: "init", file: "my.ts", dryRun: true },
  }],
  [["provision", "u@h"], { command: "provision", options: { engine, host: "u@h" } }],
  [["--dry-run", "provision", "--force", "-F", "f", "localhost"], {
    command: "provision",
    options: { engine, dryRun: true, force: true, host: "localhost", sshConfig: "f" },
  }],
  [["provision", "h", "--ssh-config=f"], {
    command: "provision",
    options: { engine, host: "h", sshConfig: "f" },
  }],
  [["transfer-images"], { command: "transfer-images", options: { engine, images: [] } }],
  [["transfer-images", "a", "-"], {
    command: "transfer-images",
    options: { engine, images: ["a", "-"] },
  }],
  [["-Hssh://to", "transfer-images", "--compress", "xz -9", "--force", "--dry-run"], {
    command: "transfer-images",
    options: {
      engine: { ...engine, host: "ssh://to" },
      compress: "xz -9",
      dryRun: true,
      force: true,
      images: [],
    },
  }],
  [["transfer-images", "--by-name", "--jobs", "2", "a"], {
    command: "transfer-images",
    options: { engine, byName: true, jobs: 2, images: ["a"] },
  }],
  [["tunnel-ssh", "h"], {
    command: "tunnel-ssh",
    options: { engine, localSocket: "kerek.sock", sshHost: "h" },
  }],
  [["tunnel-ssh", "h", "--local-socket=a", "--remote-socket", "b", "-Ff", "--dry-run"], {
    command: "tunnel-ssh",
    options: {
      engine,
      dryRun: true,
      localSocket: "a",
      remoteSocket: "b",
      sshConfig: "f",
      sshHost: "h",
    },
  }],
];

Deno.test("the other commands take their own options", () => {
  for (const [argv, expected] of others) {
    assert.deepEqual(parseLine(argv), expected, argv.join(" "));
  }
});
