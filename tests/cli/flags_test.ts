/**
 * For each option, which command lines reach the engine and Compose. A deploy runs in full, against
 * programs that only remember how they were called.
 */
import assert from "node:assert/strict";
import type { FakeSpawner } from "../../lib/engine/testing/fake_spawner.ts";
import { deployed as deployedIn, type Scene } from "./deployed.ts";

/** An outdated replica of a service that starts first. */
const outdatedWeb: Scene = {
  state: { services: { web: { hash: "new", config: startFirst() } } },
  prepare: (fake) => void fake.add("web"),
};

function startFirst() {
  return { image: "app:1", deploy: { update_config: { order: "start-first" } } };
}

const deployed = (line: string, scene: Scene = outdatedWeb) => deployedIn(line, scene);

/** All calls of a deploy of {@linkcode outdatedWeb} without options; further tests compare to it. */
const { spawner: plain } = await deployed("deploy");
const create = "up --no-start --no-recreate --no-deps --no-build --pull never --scale web=2 -- web";

Deno.test("a deploy consists of these calls", () => {
  const all = "--filter label=com.docker.compose.oneoff=False";
  const ofProject = "label=com.docker.compose.project=shop";
  const events = `docker events --filter type=container --filter ${ofProject}`;
  assert.deepEqual(
    besideLast([...new Set(plain.lines().map(withoutEntry))])
      .filter((line) => !/status=paused/.test(line)),
    [
      `docker ps --all --quiet --no-trunc --filter label=com.docker.compose.project ${all}`,
      "docker compose config",
      "docker compose --env-file /dev/null --profile '*' --file - config --hash '*'",
      "docker container inspect -- id1",
      `docker compose --dry-run ${create}`,
      "docker image inspect --format {{.Id}} -- app:1",
      "docker image ls --quiet --no-trunc",
      "docker create --name kerek-lock-shop --label com.docker.compose.oneoff=True --label kerek.lock=shop " +
      "--label kerek.lock.owner=ops@web1 --label kerek.lock.pid=7 --label kerek.lock.place=here " +
      "--label kerek.lock.beats=yes --network none -- sha256:app kerek-lock",
      "docker events --filter type=container --filter container=lock --format '{{json .}}'",
      `docker ps --all --quiet --no-trunc --filter ${ofProject} ${all}`,
      `${events} --format '{{json .}}'`,
      `docker ps --all --quiet --no-trunc --filter ${ofProject} ${all} ` +
      "--filter label=com.docker.compose.service=web",
      `docker compose ${create}`,
      "docker container inspect -- id2",
      "docker start -- id2",
      "docker stop -- id1",
      "docker rm -- id1",
      "docker image tag sha256:app:1 kerek-kept:shop.app:1",
      "docker image tag sha256:entry3 kerek-history:shop.1",
      "docker rm --volumes -- lock",
      "docker image ls --quiet --no-trunc --filter label=kerek.history=shop",
      "docker compose --profile '*' config --services",
      "docker image inspect -- sha256:app:1",
      "docker image rm -- kerek-history:shop.next",
      "docker import --change 'LABEL kerek.history=shop' --change 'LABEL kerek.history.entry=…' - " +
      "kerek-history:shop.next",
      "docker image inspect -- sha256:entry3",
    ],
  );
});

/** What an entry of the history tells depends on time and place. */
const withoutEntry = (line: string) => line.replace(/(LABEL kerek\.history\.entry=)[\w-]+/, "$1…");

/** What was changed besides the lock and the history. */
function writesOf(spawner: FakeSpawner): string[] {
  return spawner.lines("write")
    .filter((line) => !/kerek-lock| lock$|kerek-history|kerek-kept/.test(line));
}

/** That the calls are those of a deploy without options, with these words in front of each. */
function assertCalls(
  { calls }: FakeSpawner,
  engine: string,
  compose: string,
  message: string,
  rest: (words: string[]) => string[] = (words) => words,
) {
  const expected = plain.calls.filter(isOfFiles).map(({ argv: [_docker, ...words] }) =>
    words[0] === "compose"
      ? [...compose.split(" "), ...words.slice(1)]
      : [...engine.split(" "), ...rest(words)]
  );
  // Podman's locks have no heartbeat.
  const actual = calls.filter(isOfFiles).map(({ argv }) =>
    argv.map((word) => word.replace("beats=no", "beats=yes"))
  );
  const isPodman = engine.startsWith("podman");
  const comparable = (lines: string[][]) =>
    besideLast(lines.map((words) => words.map(withoutEntry).join(" ")));
  assert.deepEqual(
    comparable(actual),
    comparable(isPodman ? expected.flatMap(madeInTheEnd) : expected),
    message,
  );
}

/** Podman's entries of the history are not made ahead. */
function madeInTheEnd(words: string[]): string[][] {
  const line = words.join(" ");
  if (/kerek-history:shop\.next$|inspect -- sha256:entry/.test(line)) return [];
  if (!/ tag sha256:entry\d+ kerek-history:shop\.1$/.test(line)) return [words];
  const imported = plain.calls.find(({ argv }) => argv[1] === "import")!.argv.slice(1, -1);
  const start = words.slice(0, words.indexOf("image"));
  return [[...start, ...imported, "kerek-history:shop.1"]];
}

/** What the history asks beside the deploy comes at any time, and is put at the end. */
function besideLast(lines: string[]): string[] {
  const isBeside = (line: string) =>
    /kerek[.-]history(?!:shop\.1$)|image inspect -- sha256:|--profile '?\*'? config --services$/
      .test(line);
  return [...lines.filter((line) => !isBeside(line)), ...lines.filter(isBeside)];
}

/** All calls but the one to Compose that is about a resolved project, wherever that came from. */
const isOfFiles = ({ argv }: { argv: string[] }) =>
  !argv.join(" ").endsWith("--profile * --file - config --hash *");

Deno.test("options of the client stand in front of every call to the engine and to Compose", async () => {
  const cases: [line: string, globals: string][] = [
    ["deploy", ""],
    ["deploy --container-engine docker", ""],
    ["--config c deploy", "--config c"],
    ["--context x deploy", "--context x"],
    ["-c x deploy", "--context x"],
    ["--debug deploy", "--debug"],
    ["deploy -D", "--debug"],
    ["--host ssh://u@h deploy", "--host ssh://u@h"],
    ["-H tcp://h:1 deploy", "--host tcp://h:1"],
    ...["debug", "info", "warn", "error", "fatal"].map((level): [string, string] => [
      `--log-level ${level} deploy`,
      `--log-level ${level}`,
    ]),
    ["deploy -l info", "--log-level info"],
    ["--tls deploy", "--tls"],
    ["--tlscacert a deploy", "--tlscacert a"],
    ["--tlscert b deploy", "--tlscert b"],
    ["--tlskey c deploy", "--tlskey c"],
    ["--tlsverify deploy", "--tlsverify"],
    [
      "-D -l warn --config=c -H h --tlsverify deploy --tlscacert a --tlscert b --tlskey k --tls",
      "--config c --debug --host h --log-level warn --tls --tlscacert a --tlscert b --tlskey k " +
      "--tlsverify",
    ],
  ];
  for (const [line, globals] of cases) {
    const { spawner, exitCode } = await deployed(line);
    const docker = globals ? `docker ${globals}` : "docker";
    assertCalls(spawner, docker, `${docker} compose`, line);
    assert.equal(exitCode, 0, line);
  }
});

Deno.test("options of the project stand in front of every call to Compose", async () => {
  const cases: [line: string, options: string][] = [
    ["--all-resources", "--all-resources"],
    ["--ansi never", "--ansi never"],
    ["--ansi always", "--ansi always"],
    ["--ansi auto", "--ansi auto"],
    ["--compatibility", "--compatibility"],
    ["--env-file a.env --env-file b.env", "--env-file a.env --env-file b.env"],
    ["-f a.yaml", "--file a.yaml"],
    ["-f a.yaml --file b.yaml", "--file a.yaml --file b.yaml"],
    ["-f -", "--file -"],
    ["--parallel 3", "--parallel 3"],
    ["--parallel 1", "--parallel 1"],
    ["--parallel -1", "--parallel -1"],
    ["--profile a --profile b", "--profile a --profile b"],
    // Compose writes into a pipe, and kerek shows the progress.
    ["--progress auto", "--progress auto"],
    ["--progress tty", "--progress plain"],
    ["--progress plain", "--progress plain"],
    ["--progress json", "--progress plain"],
    ["--progress quiet", "--progress quiet"],
    ["--project-directory d", "--project-directory d"],
    ["-p shop", "--project-name shop"],
    ["--project-name shop", "--project-name shop"],
  ];
  for (const [flags, options] of cases) {
    const { spawner, exitCode } = await deployed(`deploy ${flags}`);
    assertCalls(
      spawner,
      "docker",
      `docker compose ${options}`,
      flags,
      // With the name known, other projects' containers need not be looked at.
      (words) =>
        /^-p |name/.test(flags) ? words.map((word) => word.replace(/project$/, "$&=shop")) : words,
    );
    assert.equal(exitCode, 0, flags);
  }
});

Deno.test("a Compose file of standard input is fed to each call to Compose, and to no other", async () => {
  const { spawner } = await deployed("deploy -f a.yaml -f -", {
    ...outdatedWeb,
    stdin: "services:",
  });
  // What the history keeps is no Compose file.
  const callsOf = (fake: FakeSpawner) => fake.calls.filter(({ argv }) => !argv.includes("import"));
  for (const { argv, stdin } of callsOf(spawner).filter(isOfFiles)) {
    assert.equal(stdin, argv.includes("compose") ? "services:" : undefined, argv.join(" "));
  }
  const { spawner: other } = await deployed("deploy -f a.yaml", { ...outdatedWeb, stdin: "x" });
  assert.ok(callsOf(other).filter(isOfFiles).every(({ stdin }) => stdin === undefined));
});

Deno.test("with Podman, both clients are led to the same endpoint", async () => {
  const cases: [line: string, variables: Record<string, string>, host: string][] = [
    ["--container-engine podman --host ssh://h deploy", {}, "ssh://h"],
    ["--host ssh://h deploy", { CONTAINER_ENGINE: "podman", DOCKER_HOST: "x" }, "ssh://h"],
    ["deploy --container-engine podman", { DOCKER_HOST: "tcp://d" }, "tcp://d"],
    ["deploy --container-engine podman", { CONTAINER_HOST: "tcp://c" }, "tcp://c"],
    ["-c x deploy --container-engine podman", { DOCKER_HOST: "tcp://d" }, "ssh://host-of-x"],
    ["deploy --container-engine podman", { DOCKER_CONTEXT: "y" }, "ssh://host-of-y"],
    ["deploy --container-engine podman", {}, "unix:///run/podman/podman.sock"],
  ];
  for (const [line, variables, host] of cases) {
    const scene = { ...outdatedWeb, variables, files: ["/run/podman/podman.sock"] };
    const { spawner } = await deployed(line, scene);
    assertCalls(
      spawner,
      `podman --url ${host}`,
      `docker --host ${host} compose`,
      line,
      (words) => words.map((word) => word === "{{json .}}" ? "json" : word),
    );
  }
});

Deno.test("another engine's program is called in docker's place, save for Compose", async () => {
  for (const engine of ["nerdctl", "/opt/bin/docker"]) {
    const { spawner } = await deployed(`-H h deploy --container-engine ${engine}`);
    assertCalls(spawner, `${engine} --host h`, "docker --host h compose", engine);
  }
});

Deno.test("each option of a deploy makes these changes", async () => {
  const up = (rest: string) => `docker compose ${rest}`;
  const swap = ["docker start -- id2", "docker stop -- id1", "docker rm -- id1"];
  const built: Scene = {
    ...outdatedWeb,
    state: { services: { web: { hash: "new", config: { build: {}, image: "me/web" } } } },
  };
  const missing: Scene = {
    ...outdatedWeb,
    state: { ...outdatedWeb.state, missingImages: new Set(["app:1"]) },
  };
  const missingBuilt: Scene = {
    ...built,
    state: { ...built.state, missingImages: new Set(["me/web"]) },
  };
  const upToDate: Scene = {
    ...outdatedWeb,
    prepare: (fake) => void fake.add("web", { hash: "new" }),
  };
  const named: Scene = {
    ...outdatedWeb,
    state: { services: { web: { hash: "new", config: { container_name: "one" } } } },
  };
  const orphaned: Scene = {
    ...upToDate,
    prepare: (fake) => (fake.add("web", { hash: "new" }), void fake.add("gone")),
  };
  const linked: Scene = {
    state: {
      services: {
        api: { hash: "new", config: { depends_on: { web: { condition: "service_started" } } } },
        other: { hash: "new" },
        web: { hash: "new" },
      },
    },
  };
  const createIn = (scales: string) =>
    up(
      "up --no-start --no-recreate --no-deps --no-build --pull never " +
        `${scales.replace(/\S+/g, "--scale $&")} -- ${scales.replace(/=\d/g, "")}`,
    );
  const cases: [flags: string, scene: Scene, writes: string[]][] = [
    ["", outdatedWeb, [up(create), ...swap]],
    ["", upToDate, []],
    ["--dry-run", outdatedWeb, []],
    // Images.
    ["--build", built, [up("build -- web"), up(create), ...stopFirst()]],
    ["--build", { ...built, prepare: upToDate.prepare }, [up("build -- web")]],
    ["--build", outdatedWeb, [up(create), ...swap]],
    ["", missingBuilt, [up("build -- web"), up(create), ...stopFirst()]],
    ["--no-build", missingBuilt, []],
    ["--no-build", built, [up(create), ...stopFirst()]],
    ["", missing, [up("pull -- web"), up(create), ...swap]],
    ["--pull always", outdatedWeb, [up("pull -- web"), up(create), ...swap]],
    ["--pull always", upToDate, [up("pull -- web")]],
    ["--pull missing", outdatedWeb, [up(create), ...swap]],
    ["--pull missing", missing, [up("pull -- web"), up(create), ...swap]],
    ["--pull never", outdatedWeb, [up(create), ...swap]],
    ["--pull never", missing, []],
    ["--quiet-pull", missing, [up("pull --quiet -- web"), up(create), ...swap]],
    ["--quiet-pull", outdatedWeb, [up(create), ...swap]],
    // Containers.
    ["--force-recreate", upToDate, [up(create), ...swap]],
    ["--no-start", outdatedWeb, [up(create)]],
    ["--remove-orphans", orphaned, ["docker stop -- id2", "docker rm -- id2"]],
    ["", orphaned, []],
    // New containers have fresh volumes anyway; only Compose's own recreation takes them over.
    ["-V", outdatedWeb, [up(create), ...swap]],
    ["--renew-anon-volumes", named, [up(recreate("--renew-anon-volumes "))]],
    ["-t 7", named, [up(recreate("--timeout 7 "))]],
    ["--force-recreate -V", named, [up(recreate("--force-recreate --renew-anon-volumes "))]],
    ["", named, [up(recreate(""))]],
    ["-t 7", outdatedWeb, [up(create), swap[0], "docker stop -t 7 -- id1", swap[2]]],
    ["--timeout 0", outdatedWeb, [up(create), swap[0], "docker stop -t 0 -- id1", swap[2]]],
    ["--wait", outdatedWeb, [up(create), ...swap]],
    ["--wait --wait-timeout 9", outdatedWeb, [up(create), ...swap]],
    ["-d", outdatedWeb, [up(create), ...swap]],
    // Services.
    ["web", linked, [createIn("web=1"), "docker start -- id1"]],
    // What it is linked to is only named beside, and left as it is.
    ["api", linked, [createIn("api=1 web=0"), "docker start -- id1"]],
    ["--no-deps api", linked, [createIn("api=1 web=0"), "docker start -- id1"]],
    [
      "--deps api",
      linked,
      [createIn("web=1 api=1"), "docker start -- id1", "docker start -- id2"],
    ],
    [
      "other web",
      linked,
      [createIn("other=1 web=1"), "docker start -- id1", "docker start -- id2"],
    ],
  ];
  for (const [flags, scene, writes] of cases) {
    const { spawner } = await deployed(`deploy ${flags}`, scene);
    assert.deepEqual(writesOf(spawner), writes, flags);
  }

  function stopFirst() {
    return ["docker stop -- id1", "docker start -- id2", "docker rm -- id1"];
  }
  function recreate(more: string) {
    return `up --detach --no-deps --no-build --pull never ${more}-- web`;
  }
});

/** Two outdated replicas of a service with this update policy. */
function twoOutdated(policy: Record<string, unknown>, fails?: string): Scene {
  const config = { deploy: { replicas: 2, update_config: policy } };
  return {
    state: { services: { web: { hash: "new", config } } },
    prepare: (fake) => {
      fake.add("web");
      fake.add("web");
      fake.answer = (words) =>
        words.join(" ") === `start -- ${fails}`
          ? { code: 1, stderr: "no such device\n" }
          : undefined;
    },
  };
}

Deno.test("options go before the update policy of the files", async () => {
  const [stopFirst, startFirst] = [{}, { order: "start-first" }];
  const cases: [flags: string, policy: Record<string, unknown>, calls: string][] = [
    ["", stopFirst, "stop 1, start 3, rm 1, stop 2, start 4, rm 2"],
    ["--order stop-first", startFirst, "stop 1, start 3, rm 1, stop 2, start 4, rm 2"],
    ["--order start-first", stopFirst, "start 3, stop 1, start 4, rm 1, stop 2, rm 2"],
    ["--update-parallelism 0", stopFirst, "stop 1, stop 2, start 3, start 4, rm 1, rm 2"],
    ["--update-parallelism 2", startFirst, "start 3, start 4, stop 1, stop 2, rm 1, rm 2"],
    [
      "--update-parallelism 1",
      { parallelism: 2 },
      "stop 1, start 3, rm 1, stop 2, start 4, rm 2",
    ],
  ];
  for (const [flags, policy, calls] of cases) {
    const { spawner, exitCode } = await deployed(`deploy ${flags}`, twoOutdated(policy));
    assert.equal(containerCalls(spawner), calls, flags);
    assert.equal(exitCode, 0);
  }
});

Deno.test("options say what a failed replacement leads to, before the files", async () => {
  const cases: [flags: string, policy: Record<string, unknown>, fails: string, calls: string][] = [
    ["", {}, "id3", "stop 1, start 3, rm 3, rm 4, start 1"],
    [
      "--on-failure pause",
      { failure_action: "continue" },
      "id3",
      "stop 1, start 3, rm 3, rm 4, start 1",
    ],
    [
      "--on-failure continue",
      {},
      "id3",
      "stop 1, start 3, rm 3, start 1, stop 2, start 4, rm 2",
    ],
    // Nothing is kept for a rollback then.
    [
      "--on-failure continue",
      { failure_action: "rollback" },
      "id4",
      "stop 1, start 3, rm 1, stop 2, start 4, rm 4, start 2",
    ],
    [
      "--on-failure rollback",
      {},
      "id4",
      "stop 1, start 3, stop 2, start 4, rm 4, start 2, stop 3, start 1, rm 3",
    ],
    [
      "--on-failure pause",
      { failure_action: "rollback" },
      "id4",
      "stop 1, start 3, rm 1, stop 2, start 4, rm 4, start 2",
    ],
    // What failed stays, stopped, and what was done stays done.
    ["--no-rollback", {}, "id3", "stop 1, start 3, stop 3, rm 4, start 1"],
    [
      "--no-rollback",
      { failure_action: "rollback" },
      "id4",
      "stop 1, start 3, stop 2, start 4, rm 1, stop 4, start 2",
    ],
  ];
  for (const [flags, policy, fails, calls] of cases) {
    const { spawner, exitCode } = await deployed(`deploy ${flags}`, twoOutdated(policy, fails));
    assert.equal(containerCalls(spawner), calls, flags);
    assert.equal(exitCode, 4);
  }
});

/** What was done to containers, in short: `start 3, stop 1`; neighbours of a kind are in order. */
function containerCalls(spawner: FakeSpawner): string {
  const calls = writesOf(spawner).filter((line) => !line.includes("compose"))
    .map((line) => line.replace(/^docker (\w+) (?:.*)-- id(\d+)$/, "$1 $2"));
  const kinds: string[][] = [];
  for (const call of calls) {
    const last = kinds.at(-1);
    if (last?.[0].split(" ")[0] === call.split(" ")[0]) last.push(call);
    else kinds.push([call]);
  }
  return kinds.flatMap((own) => own.sort()).join(", ");
}

Deno.test("--image-changes and new images make another image under the old name a change", async () => {
  const upToDate = (image?: string): Scene => ({
    ...outdatedWeb,
    prepare: (fake) => void fake.add("web", { hash: "new", image }),
  });
  const swap = "start 2, stop 1, rm 1";
  const cases: [flags: string, image: string | undefined, calls: string][] = [
    ["", "sha256:old", ""],
    ["--pull missing", "sha256:old", ""],
    ["--image-changes", "sha256:old", swap],
    ["--image-changes", "sha256:app:1", ""],
    ["--image-changes", undefined, ""],
    ["--image-changes=false", "sha256:old", ""],
    ["--pull always", "sha256:old", swap],
    ["--pull always", "sha256:app:1", ""],
    ["--build", "sha256:old", swap],
    ["--dry-run --image-changes", "sha256:old", ""],
  ];
  for (const [flags, image, calls] of cases) {
    const { spawner, exitCode } = await deployed(`deploy ${flags}`, upToDate(image));
    assert.equal(containerCalls(spawner), calls, `${flags} ${image}`);
    assert.equal(exitCode, 0);
  }
  const { spawner } = await deployed("deploy", upToDate("sha256:old"));
  assert.ok(!spawner.lines().some((line) => line.startsWith("docker image")));
  const { stdout } = await deployed("deploy --dry-run --image-changes", upToDate("sha256:old"));
  assert.match(stdout, /image app:1 old → app:1/);
});

Deno.test("--all-resources makes resources even where no container is missing", async () => {
  const scene = { ...outdatedWeb, prepare: (x: FakeSpawner) => void x.add("web", { hash: "new" }) };
  const { spawner } = await deployed("deploy --all-resources", scene);
  assert.deepEqual(writesOf(spawner), [
    "docker compose --all-resources up --no-start --no-recreate --no-deps --no-build " +
    "--pull never --scale web=1 -- web",
  ]);
});

Deno.test("naming a service whose profile is not active activates it", async () => {
  const state = {
    services: {
      debug: { hash: "new", config: { profiles: ["dev"] } },
      web: { hash: "new" },
    },
  };
  const { spawner } = await deployed("deploy --profile x debug", { state });
  assert.deepEqual(besideLast(spawner.lines().filter((line) => / compose /.test(line))), [
    "docker compose --profile x config",
    "docker compose --env-file /dev/null --profile '*' --file - config --hash '*'",
    "docker compose --profile x --profile '*' config",
    "docker compose --profile x --profile dev config",
    "docker compose --env-file /dev/null --profile '*' --file - config --hash '*'",
    "docker compose --profile x --profile dev --dry-run up --no-start --no-recreate --no-deps " +
    "--no-build --pull never --scale debug=1 -- debug",
    "docker compose --profile x --profile dev up --no-start --no-recreate --no-deps --no-build " +
    "--pull never --scale debug=1 -- debug",
    "docker compose --profile x --profile dev --profile '*' config --services",
  ]);
});

Deno.test("--wait also waits for replicas that were up to date, at most --wait-timeout", async () => {
  const cases: [flags: string, health: string, exitCode: number, says: RegExp][] = [
    ["", "starting", 0, /^Nothing to do: 1 service is up to date\.\n$/],
    ["--wait", "healthy", 0, /^Nothing to do: 1 service is up to date\.\n$/],
    ["--wait", "unhealthy", 3, /^web is not running or healthy: it is unhealthy\n/],
    ["--wait --wait-timeout 9", "starting", 3, /: it was not ready in 9 s\n/],
    ["--wait --wait-timeout 0", "starting", 3, /: it was not ready in 0 s\n/],
  ];
  for (const [flags, health, code, says] of cases) {
    const scene = {
      ...outdatedWeb,
      prepare: (fake: FakeSpawner) => void fake.add("web", { hash: "new", health }),
    };
    const { spawner, exitCode, stderr } = await deployed(`deploy ${flags}`, scene);
    assert.match(stderr, says, flags);
    assert.equal(exitCode, code, flags);
    const looks = spawner.lines().filter((line) => line === "docker container inspect -- id1");
    assert.ok(flags === "" ? looks.length === 1 : looks.length > 1, flags);
    assert.deepEqual(writesOf(spawner), [], flags);
  }
});

Deno.test("--progress says what is printed, and where", async () => {
  const plain = /^Created 1 replica of web: shop-web-2 .*\nDeployed web in [\d.]+ s\.\n$/s;
  const json = /^(\{"version":1,"type":"[^\n]*\}\n)+$/;
  const cases: [flags: string, stdout: RegExp, stderr: RegExp][] = [
    ["", /^$/, plain],
    ["--progress auto", /^$/, plain],
    [
      "--progress tty",
      /^$/,
      /\?2026h.*\n✔ web +1 of 1 replaced .*\nDeployed web in .* s\.\n/s,
    ],
    ["--progress plain", /^$/, plain],
    ["--progress quiet", /^$/, /^$/],
    ["--progress json", json, /^$/],
    [
      "--dry-run",
      /^(Warning: [^\n]*\n)?Would create 1 replica of web .*\nWould remove web-1 [^\n]*\n$/s,
      /^$/,
    ],
  ];
  for (const [flags, stdout, stderr] of cases) {
    const written = await deployed(`deploy ${flags}`);
    assert.match(written.stdout, stdout, flags);
    assert.match(written.stderr.replace(/^Warning: .*\n/, ""), stderr, flags);
  }
});

Deno.test("in CI, plain lines say when they were written", async () => {
  const { stderr } = await deployed("deploy", { ...outdatedWeb, variables: { CI: "true" } });
  for (const line of stderr.trim().split("\n")) {
    assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S/);
  }
});

Deno.test("--timeline draws what was done, and nothing of what was not", async () => {
  const done = await deployed("deploy --progress quiet --timeline");
  assert.match(done.stderr, /^shop: .*\n.*0 s.*\nweb \(.*\)\n {2}web-1 old .*\n {2}web-2 new /);
  const rehearsed = await deployed("deploy --progress quiet --timeline --dry-run");
  assert.deepEqual([rehearsed.stdout, rehearsed.stderr], ["", ""]);
  const { stderr } = await deployed("deploy --timeline --dry-run --report gone/report.html");
  assert.match(stderr, /^Warning: --report, --timeline: a dry run has nothing to look back on$/m);
});

Deno.test("what forbids an image that is needed is said before anything is touched", async () => {
  const missing: Scene = {
    ...outdatedWeb,
    state: { ...outdatedWeb.state, missingImages: new Set(["app:1"]) },
  };
  const { exitCode, stderr } = await deployed("deploy --order stop-first --pull never", missing);
  assert.equal(
    stderr,
    "Cannot deploy: services.web.image: image app:1 is not there, and --pull never forbids to " +
      "pull it\nhint: Load it, or allow to pull it.\n",
  );
  assert.equal(exitCode, 3);
});

Deno.test("a build's and a pull's output is shown as it comes", async () => {
  const missing = { ...outdatedWeb.state, missingImages: new Set(["app:1"]) };
  const { stderr } = await deployed("deploy", { ...outdatedWeb, state: missing });
  assert.match(stderr, /^Pulling images of web …\n {2}\| pull done\nPulled images of web \(/);
  const { stderr: failed, exitCode } = await deployed("deploy", {
    ...outdatedWeb,
    state: missing,
    prepare: (fake) => {
      fake.add("web");
      fake.answer = ([command]) =>
        command === "pull" ? { code: 18, stderr: "web Error x\nError: no such host\n" } : undefined;
    },
  });
  assert.match(
    failed,
    / {2}\| web Error x\n {2}\| Error: no such host\nCannot pull images of web: no such host\nFailed/,
  );
  assert.equal(exitCode, 3);
});

Deno.test("--debug shows where an error comes from", async () => {
  const unknown = { ...outdatedWeb };
  const { stderr, exitCode } = await deployed("deploy wbe", unknown);
  assert.equal(
    stderr,
    "Cannot deploy wbe: the Compose files define no such service\nhint: Did you mean web?\n",
  );
  assert.equal(exitCode, 3);
  const { stderr: traced } = await deployed("--debug deploy wbe", unknown);
  assert.match(traced, /^Cannot deploy wbe: .*\nhint: .*\nKerekError: .*\n +at /);
});

Deno.test("what Compose warns of is said, once", async () => {
  const { stderr, exitCode } = await deployed("deploy", {
    ...outdatedWeb,
    prepare: (fake) => {
      fake.add("web", { hash: "new" });
      const read = fake.read;
      fake.read = async (argv, options) => ({
        ...await read(argv, options),
        stderr: 'time="x" level=warning msg="The \\"TAG\\" variable is not set."\n',
      });
    },
  });
  assert.equal(
    stderr,
    'Warning: The "TAG" variable is not set. [unset-variable]\nNothing to do: 1 service is up to date.\n',
  );
  assert.equal(exitCode, 0);
});

Deno.test("what --no-start left is no unfinished deploy, and what a dead one left is", async () => {
  const scene = { ...outdatedWeb };
  const { spawner, stderr: created } = await deployed("deploy --no-start", scene);
  assert.match(created, /\nCreated containers of web in .* s; none was started\.\n$/);
  const again = await deployed("deploy --no-start", { spawner });
  assert.match(again.stderr, /\nNothing to create: all containers are there;/);
  const dry = await deployed("deploy --dry-run", { spawner });
  assert.doesNotMatch(dry.stdout, /not finished/);
  // A process of this machine that does not run any more.
  spawner.state.lock = {
    labels: {
      "kerek.lock": "shop",
      "kerek.lock.owner": "ops@web1",
      "kerek.lock.pid": "1",
      "kerek.lock.place": "elsewhere",
      "kerek.lock.beats": "yes",
    },
    created: "2026-01-02T02:04:05Z",
    beatS: 0,
  };
  const { stderr } = await deployed("deploy", { spawner });
  assert.match(
    stderr,
    /Warning: services\.web: an earlier deploy was not finished \(1 container created and never started\)/,
  );
});
