import assert from "node:assert/strict";
import * as argv from "./argv.ts";

/** Words that would be options, several words or commands if anything but a whole word. */
const hostile = ["--help", "-o/etc/x", "; touch x", "$(touch x)", "a b", "'", '"', "*", "", "\n"];

Deno.test("each command line is made of these words", () => {
  const web = { service: "web", existing: 2, missing: 3 };
  const db = { service: "db", existing: 1, missing: 0 };
  const cases: [words: string[], line: string][] = [
    [argv.composeConfig(), "config"],
    [argv.composeHashes(), "config --hash *"],
    [argv.composeEnvironment(), "config --environment"],
    [argv.composeBuild(["a", "b"]), "build -- a b"],
    [argv.composePull(["a", "b"], {}), "pull -- a b"],
    [argv.composePull(["a"], { quietPull: true }), "pull --quiet -- a"],
    [
      argv.composeCreate([web, db]),
      "up --no-start --no-recreate --no-deps --no-build --pull never --scale web=5 --scale db=1 " +
      "-- web db",
    ],
    [
      argv.composeRehearseCreate([web]),
      "--dry-run up --no-start --no-recreate --no-deps --no-build --pull never --scale web=5 " +
      "-- web",
    ],
    [argv.composeRehearseUp(["a", "b"]), "--dry-run up --no-start --no-build -- a b"],
    [
      argv.composeRecreate("web", [], {}),
      "up --detach --no-deps --no-build --pull never -- web",
    ],
    [
      argv.composeRecreate("web", [db], {
        forceRecreate: true,
        renewAnonVolumes: true,
        timeoutS: 0,
      }),
      "up --detach --no-build --pull never --force-recreate --renew-anon-volumes --timeout 0 " +
      "--scale db=1 -- web",
    ],
    [
      argv.listContainers(),
      "ps --all --quiet --no-trunc --filter label=com.docker.compose.project " +
      "--filter label=com.docker.compose.oneoff=False",
    ],
    [
      argv.listContainers({ project: "p", service: "s", status: "paused" }),
      "ps --all --quiet --no-trunc --filter label=com.docker.compose.project=p " +
      "--filter label=com.docker.compose.oneoff=False " +
      "--filter label=com.docker.compose.service=s --filter status=paused",
    ],
    [argv.inspectContainers(["a", "b"]), "container inspect -- a b"],
    [argv.inspectImages(["i", "j"]), "image inspect --format {{.Id}} -- i j"],
    [argv.inspectNetworks(["n", "m"]), "network inspect -- n m"],
    [argv.disconnect("a", "n"), "network disconnect -- n a"],
    [argv.connect("a", "p-a-1", { network: "n", aliases: [] }), "network connect -- n a"],
    [
      argv.connect("a", "p-a-1", {
        network: "n",
        aliases: ["a", "www"],
        driverOpts: { k: "v", l: "" },
        linkLocalIps: ["169.254.7.7"],
        gwPriority: -1,
      }),
      "network connect --alias p-a-1 --alias a --alias www --driver-opt k=v --driver-opt l= " +
      "--link-local-ip 169.254.7.7 --gw-priority -1 -- n a",
    ],
    [argv.start("a"), "start -- a"],
    [argv.stop("a"), "stop -- a"],
    [argv.stop("a", 0), "stop -t 0 -- a"],
    [argv.stop("a", 7), "stop -t 7 -- a"],
    [argv.remove("a", { discard: false }), "rm -- a"],
    [argv.remove("a", { discard: true }), "rm --force --volumes -- a"],
    [argv.execIn("a", { command: ["b", "-c"] }), "exec -- a b -c"],
    [
      argv.execIn("a", {
        command: ["b"],
        user: "u:g",
        privileged: true,
        workingDir: "/w",
        environment: { X: "1", Y: "2\n3" },
      }),
      "exec --user u:g --privileged --workdir /w --env-file /dev/stdin --env Y -- a b",
    ],
    [argv.logs("a", 20), "logs --tail 20 -- a"],
    [argv.pause(["a", "b"]), "pause -- a b"],
    [argv.unpause(["a", "b"]), "unpause -- a b"],
    [argv.copyInto("a"), "cp --archive - a:/"],
    [
      argv.events("p", "json"),
      "events --filter type=container --filter label=com.docker.compose.project=p --format json",
    ],
  ];
  for (const [words, line] of cases) assert.equal(words.join(" "), line);
});

Deno.test("names of services, images and containers are whole words behind --", () => {
  const builders: [name: string, build: (name: string) => string[]][] = [
    ["build", (x) => argv.composeBuild([x])],
    ["pull", (x) => argv.composePull([x], {})],
    ["rehearse up", (x) => argv.composeRehearseUp([x])],
    ["create", (x) => argv.composeCreate([{ service: x, existing: 0, missing: 1 }])],
    ["rehearse", (x) => argv.composeRehearseCreate([{ service: x, existing: 0, missing: 1 }])],
    ["recreate", (x) => argv.composeRecreate(x, [], {})],
    ["inspect", (x) => argv.inspectContainers([x])],
    ["images", (x) => argv.inspectImages([x])],
    ["start", (x) => argv.start(x)],
    ["stop", (x) => argv.stop(x, 1)],
    ["rm", (x) => argv.remove(x, { discard: true })],
    ["logs", (x) => argv.logs(x, 1)],
    ["pause", (x) => argv.pause([x])],
    ["unpause", (x) => argv.unpause([x])],
  ];
  for (const [name, build] of builders) {
    const options = build("NAME").slice(0, -2);
    for (const word of hostile) {
      const words = build(word);
      assert.deepEqual(words.slice(-2), ["--", word], name);
      // Before it, there are the same words, save that a scale holds the name in its own value.
      const before = words.slice(0, -2).map((x, i, all) =>
        all[i - 1] === "--scale" ? x.replace(word, () => "NAME") : x
      );
      assert.deepEqual(before, options, name);
    }
  }
});

Deno.test("names of projects and services in filters are part of a value", () => {
  for (const word of hostile) {
    const list = argv.listContainers({ project: word, service: word });
    const events = argv.events(word, "json");
    for (const words of [list, events]) {
      const values = words.filter((x) => x.endsWith(`=${word}`));
      assert.ok(
        values.length > 0 && values.every((x) => words[words.indexOf(x) - 1] === "--filter"),
      );
      assert.ok(values.every((x) => x.startsWith("label=com.docker.compose.")));
    }
  }
});

Deno.test("variables of a command in a container are no arguments, nor do they steer the client", () => {
  const environment = { HOME: "/x", KEY: " top=secret #1", NONE: "", PEM: "top\nsecret" };
  const exec = { command: ["true"], environment };
  const variables = argv.execVariables(exec);
  assert.deepEqual(variables, {
    file: "HOME=/x\nKEY= top=secret #1\nNONE=\n",
    named: { PEM: "top\nsecret" },
  });
  const words = argv.execIn("a", exec, variables);
  assert.ok(words.every((word) => !/secret|\/x/.test(word)));
  const named = argv.execVariables(exec, false);
  assert.deepEqual(named, { file: "", named: environment });
  assert.deepEqual(
    argv.execIn("a", exec, named),
    [
      "exec",
      ...Object.keys(environment).flatMap((name) => ["--env", name]),
      ...["--", "a", "true"],
    ],
  );
});
