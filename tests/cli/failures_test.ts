/** What the user reads when a deploy cannot begin: what cannot be done, why, and what to do. */
import assert from "node:assert/strict";
import { KerekError } from "../../lib/errors.ts";
import type { Output } from "../../lib/engine/spawn.ts";
import { deployed, type Scene } from "./deployed.ts";

const mend = "hint: Mend the Compose file; `docker compose config` reads it, too.\n";

/** A machine whose programs answer so. */
function failing(fail: (words: string[]) => Partial<Output> | undefined): Scene {
  return {
    state: { services: { web: { hash: "new" } } },
    prepare: (fake) => fake.answer = fail,
  };
}

/** A failure of Compose's commands, or of the engine's. */
const composeSays = (stderr: string) =>
  failing(([command]) => command === "config" ? { code: 1, stderr } : undefined);
const engineSays = (stderr: string) =>
  failing(([command]) => command === "ps" ? { code: 1, stderr } : undefined);
const bothSay = (stderr: string) => failing(() => ({ code: 1, stderr }));

const engineHint =
  "hint: See that the engine runs and that --host, --context or DOCKER_HOST name it.\n";

Deno.test("a deploy that cannot begin says what, why, and what to do, and ends with 3", async () => {
  const cases: [line: string, scene: Scene, stderr: string][] = [
    [
      "deploy",
      composeSays("no configuration file provided: not found\n"),
      "Cannot read the Compose files: there is none here or in a folder above\n" +
      "hint: Run it in the project's folder, or name the file with --file.\n",
    ],
    ...["history", "rollback", "unlock"].map((command): [string, Scene, string] => [
      command,
      composeSays("no configuration file provided: not found\n"),
      "Cannot read the Compose files: there is none here or in a folder above\n" +
      "hint: Run it in the project's folder, or name the file with --file. With --project-name " +
      "NAME, no Compose file is needed.\n",
    ]),
    [
      "deploy --project-directory /nope",
      composeSays("no configuration file provided: not found\n"),
      "Cannot read the Compose files: there is none in /nope\n" +
      "hint: Name the project's folder by --project-directory, or the file with --file.\n",
    ],
    [
      "deploy",
      composeSays("yaml: line 3: did not find expected node content\n"),
      "Cannot read the Compose files: yaml: line 3: did not find expected node content\n" + mend,
    ],
    [
      "deploy",
      composeSays(
        'time="2026-11-23T18:42:30Z" level=warning msg="The \\"TAG\\" variable is not set. ' +
          'Defaulting to a blank string."\n' +
          'service "web" has neither an image nor a build context specified: ' +
          "invalid compose project\n",
      ),
      'Cannot read the Compose files: service "web" has neither an image nor a build context ' +
      "specified\n" +
      '  The "TAG" variable is not set. Defaulting to a blank string.\n' +
      mend,
    ],
    [
      "deploy",
      bothSay("docker: unknown command: docker compose\n\nRun 'docker --help' for more …\n"),
      "Cannot read the Compose files: the docker client has no Compose plugin\n" +
      "hint: Install Docker Compose v2, the plugin behind `docker compose`.\n",
    ],
    [
      "--host unix:///x.sock deploy",
      engineSays(
        "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n",
      ),
      "Cannot list the engine's containers: no daemon answers at unix:///x.sock\n" + engineHint,
    ],
    [
      "deploy",
      engineSays(
        "permission denied while trying to connect to the Docker daemon socket at unix:///s: " +
          "Get x: dial unix /s: connect: permission denied\n",
      ),
      "Cannot list the engine's containers: permission denied at unix:///s\n" +
      "hint: Run as a user who may use the engine's socket, such as one of the group docker.\n",
    ],
    [
      "--context x deploy",
      bothSay(
        'Failed to initialize: unable to resolve docker endpoint: context "x": context not ' +
          "found: open /meta.json: no such file or directory\n",
      ),
      'Cannot read the Compose files: context "x" is not there\n' +
      "hint: `docker context ls` lists the contexts.\n",
    ],
    [
      "deploy --container-engine nosuch",
      failing(([command]) => {
        if (command !== "ps") return undefined;
        throw new KerekError("Cannot run nosuch: there is no such program", {
          hint: "Install it, or see that PATH leads to it.",
        });
      }),
      "Cannot run nosuch: there is no such program\n" +
      "hint: Install it, or see that PATH leads to it.\n",
    ],
    [
      "deploy --container-engine podman",
      {},
      "Cannot find Podman's socket: none of the usual ones is there\n" +
      "hint: Start podman.socket, or say where it is with --host or CONTAINER_HOST.\n",
    ],
    [
      "deploy",
      composeSays(
        "validating /srv/c.yaml: services.web Additional property provider is not allowed\n",
      ),
      "Cannot read the Compose files: /srv/c.yaml: services.web.provider: " +
      "it takes Docker Compose 2.36, this is 2.26.1\n" +
      "hint: Leave it out, or update Docker Compose.\n",
    ],
    [
      "deploy wbe",
      failing(() => undefined),
      "Cannot deploy wbe: the Compose files define no such service\nhint: Did you mean web?\n",
    ],
    [
      "deploy",
      failing(([command, ...rest]) =>
        command === "config" && rest.length === 0 ? { stdout: "services: {}" } : undefined
      ),
      "Cannot read the Compose files: name: Invalid input: expected string, received undefined\n" +
      "hint: Mend the Compose file; docs/configuration.md says what there is.\n",
    ],
    [
      "deploy",
      failing(([command]) =>
        command === "ps" ? { stdout: "x\n" } : command === "container" ? { stdout: "?" } : undefined
      ),
      "Cannot read the engine's containers: it is not JSON\n",
    ],
  ];
  for (const [line, scene, stderr] of cases) {
    const result = await deployed(line, scene);
    assert.deepEqual([result.stderr, result.stdout, result.exitCode], [stderr, "", 3]);
    assert.deepEqual(result.spawner.lines("write"), []);
  }
});

Deno.test("of two failures it is always the same one that is told, whichever comes first", async () => {
  for (const slow of ["config", "ps"]) {
    const scene = failing(() => undefined);
    const { stderr } = await deployed("deploy", {
      ...scene,
      prepare: (fake) => {
        const read = fake.read;
        fake.read = async (argv, options) => {
          if (argv.includes(slow)) await new Promise((resolve) => setTimeout(resolve, 5));
          return await read(argv, options);
        };
        fake.answer = ([command]) => ({ code: 1, stderr: `${command} failed\n` });
      },
    });
    assert.equal(stderr, `Cannot read the Compose files: config failed\n${mend}`);
  }
});

Deno.test("a lock that cannot be given back does not hide how the deploy has ended", async () => {
  const lost = "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?\n";
  for (const [calls, code] of [[["rm"], 0], [["start", "rm"], 5]] as const) {
    const { exitCode, stderr } = await deployed(
      "deploy",
      failing(([command]) =>
        calls.some((call) => call === command) ? { code: 1, stderr: lost } : undefined
      ),
    );
    assert.equal(exitCode, code, stderr);
    assert.match(
      stderr,
      /^Warning: The lock stays, and the next deploy takes it over: no daemon answers at unix:\/\/\/x$/m,
    );
  }
});

Deno.test("a service that is none is refused in words of the command", async () => {
  const state = { services: { web: { hash: "new" } } };
  for (const [command, verb] of [["deploy", "deploy"], ["check", "check"], ["status", "show"]]) {
    const { stderr, exitCode } = await deployed(`${command} wbe`, { state });
    assert.equal(
      stderr,
      `Cannot ${verb} wbe: the Compose files define no such service\nhint: Did you mean web?\n`,
    );
    assert.equal(exitCode, 3);
  }
});

Deno.test("files that have no service to deploy are no reason for odd sentences", async () => {
  const said = async (line: string) => {
    const { stdout, stderr, exitCode } = await deployed(line, { state: { services: {} } });
    assert.equal(exitCode, 0);
    return stdout + stderr;
  };
  const none = "no service of the Compose files is active.\n";
  assert.equal(await said("deploy"), `Nothing to do: ${none}`);
  assert.equal(await said("deploy --dry-run"), `Nothing to do: ${none}`);
  assert.equal(await said("check"), `There is nothing to check: ${none}`);
  assert.equal(await said("status"), `N${none.slice(1)}`);
});

Deno.test("a deploy that is refused says all that there is to say", async () => {
  const services = {
    bare: { hash: "new", config: { deploy: { update_config: { order: "start-first" } } } },
    gone: { hash: "new", config: { pull_policy: "never", image: "gone:1" } },
    named: { hash: "new", config: { volumes: [{ type: "volume", source: "v", target: "/v" }] } },
  };
  const { stderr, exitCode } = await deployed("deploy", {
    state: {
      services,
      topLevel: { volumes: { v: { external: true, name: "data" } } },
      missingImages: new Set(["gone:1"]),
    },
    prepare: (fake) => void fake.add("bare"),
  });
  assert.equal(exitCode, 3);
  const [first, second, third, hint, ...others] = stderr.split("\n");
  assert.match(
    first,
    /^Cannot deploy: services\.gone\.pull_policy: image gone:1 is not there, and /,
  );
  assert.match(second, /^ {2}volumes\.v: volume data is external, and is not there\. Make it /);
  assert.match(third, /^ {2}Warning: services\.bare\.healthcheck: .* \[no-healthcheck\]$/);
  assert.match(hint, /^hint: services\.gone\.pull_policy: Load it, or change the policy\.$/);
  assert.deepEqual(others, [""]);
});

Deno.test("a check finds what the first deploy would be refused for", async () => {
  const services = { web: { hash: "new", config: { pre_start: [{ command: ["x"] }] } } };
  const { stdout, exitCode } = await deployed("check", { state: { services } });
  assert.match(stdout, /^Error: services\.web\.pre_start: Compose alone runs these commands, /m);
  assert.equal(exitCode, 3);
  const running = await deployed("check", {
    state: { services },
    prepare: (fake) => void fake.add("web", { hash: "new" }),
  });
  assert.doesNotMatch(running.stdout, /pre_start/);
});
