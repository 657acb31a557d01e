/** Histories and rollbacks in full, against an engine and a Compose in memory. */
import assert from "node:assert/strict";
import { FakeSpawner } from "../../lib/engine/testing/fake_spawner.ts";
import { deployed } from "./deployed.ts";

const image = "app:latest";

/** Deploys of web, each of another configuration and image under one moving tag. */
async function releases(...versions: string[]): Promise<FakeSpawner> {
  const spawner = new FakeSpawner({
    imageIds: { "pg:1": "image-1", "pg:2": "image-2" },
    services: {
      web: { hash: "", config: { image } },
      db: { hash: "d", config: { image: "pg:1" } },
    },
  });
  for (const version of versions) await release(spawner, version);
  return spawner;
}

async function release(spawner: FakeSpawner, version: string, line = "deploy") {
  spawner.state.services.web = {
    hash: version,
    config: { image, environment: { TOKEN: `secret-${version}` } },
  };
  spawner.state.imageIds[image] = `image-${version}`;
  const result = await deployed(line, { spawner });
  assert.equal(result.exitCode, 0, result.stderr);
  return result;
}

const runs = ({ state }: FakeSpawner, service = "web") =>
  state.containers.filter((x) => x.service === service)
    .map(({ hash, image, status }) => `${hash} ${image} ${status}`);

const table = async (spawner: FakeSpawner) =>
  (await deployed("history", { spawner })).stdout.split("\n").slice(1, -1)
    .map((line) => line.replace(/\S+Z {2}/, ""));

Deno.test("a rollback brings image and configuration back, and is an entry itself", async () => {
  const spawner = await releases("A", "B", "C");
  assert.deepEqual(runs(spawner), ["C sha256:image-C running"]);
  const db = spawner.state.containers.find(({ service }) => service === "db");
  const calls = spawner.calls.length;
  const { exitCode, stderr, stdout } = await deployed("rollback", { spawner });
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /^Going back to 2 \(ops@web1, 2026-01-02T03:04:05\.000Z\)\n/);
  assert.match(stderr, /\nRolled back web in .*\.\n$/);
  // The name stands for C's image, so B's is pinned, of which the config hash tells.
  assert.deepEqual(runs(spawner), ["B-pinned sha256:image-B running"]);
  assert.ok(spawner.state.containers.includes(db!), "db was replaced, too");
  for (const { argv, stdin } of spawner.calls.slice(calls)) {
    if (!argv.includes("--file")) continue;
    assert.equal(JSON.parse(stdin as string).services.web.environment.TOKEN, "secret-B");
    // The kept configuration, of all profiles; what is hashed has its project's name in it.
    const ofProject = /--file - --profile \* (--project-directory \S+ )?--project-name/;
    const isHashed = argv.join(" ").endsWith("--profile * --file - config --hash *");
    if (!isHashed) assert.match(argv.join(" "), ofProject);
  }
  assert.deepEqual(await table(spawner), [
    "1  ops@web1  done     db d (pg:1 image-1); web A (app:latest image-A)",
    "2  ops@web1  done     web B (app:latest image-B)",
    "3  ops@web1  done     web C (app:latest image-C)",
    "4  ops@web1  done     back to 2: web B (app:latest image-B)",
  ]);
});

Deno.test("a rollback goes no further back than the last deploy went", async () => {
  const spawner = await releases("A", "B");
  const config = { image: "pg:1", profiles: ["tool"] };
  spawner.state.services.tool = { hash: "t", config };
  assert.equal((await deployed("deploy tool", { spawner })).exitCode, 0);
  const { exitCode, stderr } = await deployed("rollback", { spawner });
  assert.equal(exitCode, 3);
  assert.equal(
    stderr,
    "Cannot roll back shop: since entry 2, only tool came, which it would leave running\n" +
      "hint: --remove-orphans takes that away; --to N goes further back, see `kerek history`.\n",
  );
  const named = await deployed("rollback web", { spawner });
  assert.equal(named.exitCode, 0, named.stderr);
  assert.match(named.stderr, /^Going back to 1 /);
  assert.deepEqual(runs(spawner), ["A-pinned sha256:image-A running"]);
  assert.equal(runs(spawner, "tool").length, 1);
});

Deno.test("a rollback takes no entry that would change nothing", async () => {
  const spawner = await releases("A");
  const refused = await deployed("rollback", { spawner });
  assert.equal(refused.exitCode, 3);
  assert.equal(
    refused.stderr,
    "Cannot roll back shop: no entry of its history would change what runs\n" +
      "hint: `kerek history` lists what there is; --to N takes one of these.\n",
  );
});

Deno.test("what the files of then left alone, a rollback leaves alone, too", async () => {
  const spawner = await releases("A");
  spawner.state.services.debug = { hash: "x", config: { image, profiles: ["debug"] } };
  await release(spawner, "B");
  await release(spawner, "C");
  spawner.add("debug", { hash: "x" });
  spawner.add("gone");
  const { exitCode, stderr } = await deployed("rollback --remove-orphans", { spawner });
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(runs(spawner), ["B-pinned sha256:image-B running"]);
  assert.equal(runs(spawner, "debug").length, 1);
  assert.deepEqual(runs(spawner, "gone"), []);
});

Deno.test("a second rollback takes back the first, and a third the second", async () => {
  const spawner = await releases("A", "B");
  for (
    const expected of ["A-pinned sha256:image-A", "B sha256:image-B", "A-pinned sha256:image-A"]
  ) {
    const { exitCode, stderr } = await deployed("rollback", { spawner });
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(runs(spawner), [`${expected} running`]);
  }
});

Deno.test("where it is already, a rollback does nothing, and is no entry", async () => {
  const spawner = await releases("A", "B");
  const { exitCode, stderr } = await deployed("rollback --to 2", { spawner });
  assert.equal(exitCode, 0);
  assert.match(
    stderr,
    /\nNothing to do: 2 services are as that deploy left them\. `kerek history` lists .*\n$/,
  );
  assert.equal((await table(spawner)).length, 2);
});

Deno.test("where the name means the same image, nothing is pinned, and the hash is the old one", async () => {
  const spawner = await releases("A");
  spawner.state.services.web = { hash: "B", config: { image } };
  await deployed("deploy", { spawner });
  await deployed("rollback", { spawner });
  assert.deepEqual(runs(spawner), ["A sha256:image-A running"]);
});

Deno.test("if an image is gone, nothing is touched", async () => {
  const spawner = await releases("A", "B", "C");
  spawner.state.missingImages.add("image-B");
  const before = structuredClone(spawner.state);
  const writes = spawner.lines("write").length;
  for (const line of ["rollback", "rollback --dry-run", "rollback web --to 2"]) {
    const { exitCode, stdout, stderr } = await deployed(line, { spawner });
    assert.deepEqual([exitCode, stdout], [3, ""]);
    assert.equal(
      stderr,
      "Cannot roll back to 2: the image of web is gone (app:latest, sha256:image-B)\n" +
        "hint: Load or build that very image again, or choose another entry of `kerek history` by " +
        "--to.\n",
    );
  }
  assert.equal(spawner.lines("write").length, writes);
  assert.deepEqual(spawner.state, before);
  assert.match((await table(spawner))[1], / \[image gone: web\]$/);
  const { exitCode } = await deployed("rollback --to 1", { spawner });
  assert.equal(exitCode, 0);
});

Deno.test("a dry run of a rollback says what it would do, and touches nothing", async () => {
  const spawner = await releases("A", "B");
  const writes = spawner.lines("write").length;
  const { exitCode, stdout } = await deployed("rollback --dry-run", { spawner });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^Would create 1 replica of web \(config hash B → A-pinne\)\n/);
  assert.equal(spawner.lines("write").length, writes);
});

Deno.test("of services that a deploy leaves out, the history goes on as it was", async () => {
  const spawner = await releases("A");
  spawner.state.services.db = { hash: "e", config: { image: "pg:2" } };
  await release(spawner, "B", "deploy web");
  const { stdout } = await deployed("history --format json", { spawner });
  const services = JSON.parse(stdout).entries.at(-1).services
    .map(({ name, image, configHash }: Record<string, string>) => `${name} ${image} ${configHash}`);
  assert.deepEqual(services, ["web app:latest B", "db pg:1 d"]);
  await deployed("deploy db", { spawner });
  assert.deepEqual(runs(spawner, "db"), ["e sha256:image-2 running"]);
  await deployed("rollback --to 2", { spawner });
  assert.deepEqual(runs(spawner, "db"), ["d sha256:image-1 running"]);
  assert.deepEqual(runs(spawner), ["B sha256:image-B running"]);
});

Deno.test("a history has ten entries, and keeps the images of these", async () => {
  const versions = [..."ABCDEFGHIJKL"];
  const spawner = await releases(...versions);
  const names = spawner.state.entries.flatMap(({ names }) => names);
  assert.deepEqual(names, versions.slice(2).map((_, i) => `kerek-history:shop.${i + 3}`));
  assert.deepEqual(
    spawner.lines("write", "read").filter((line) => / image rm (?!.*next$)/.test(line)),
    ["A", "B"].flatMap((version, i) => [
      `docker image rm -- kerek-kept:shop.image-${version}`,
      `docker image rm -- kerek-history:shop.${i + 1}`,
    ]),
  );
});

Deno.test("no value of the environment is in a command line", async () => {
  const spawner = await releases("A", "B");
  await deployed("rollback", { spawner });
  const lines = spawner.lines().join("\n");
  const labels = [...lines.matchAll(/kerek\.history\.entry=([\w-]+)/g)]
    .map(([, text]) => atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  assert.equal(labels.length, 3);
  assert.doesNotMatch(lines + labels.join(), /secret/);
  // It is where only the engine's users read it.
  const decoder = new TextDecoder();
  assert.match(decoder.decode(spawner.state.entries[0].archive), /secret-A/);
});

Deno.test("a deploy that fails is an entry without a configuration", async () => {
  const spawner = await releases("A");
  const isNew = (id?: string) => spawner.state.containers.find((x) => x.id === id)?.hash === "B";
  spawner.answer = ([command, ...rest]) =>
    command === "start" && isNew(rest.at(-1)) ? { code: 1, stderr: "no such device" } : undefined;
  spawner.state.services.web = { hash: "B", config: { image } };
  const { exitCode, stderr: said } = await deployed("deploy", { spawner });
  assert.equal(exitCode, 4, said);
  spawner.answer = () => undefined;
  assert.deepEqual((await table(spawner)).map((line) => line.replace(/ +/g, " ")), [
    "1 ops@web1 done db d (pg:1 image-1); web A (app:latest image-A)",
    "2 ops@web1 restored web B (app:latest image-A)",
  ]);
  // What failed was put back, so there is nothing to do.
  const { stderr } = await deployed("rollback", { spawner });
  assert.match(stderr, /^Going back to 1 .*\nNothing to do: /);
  assert.equal((await deployed("rollback --to 2", { spawner })).exitCode, 3);
});

Deno.test("shells are told what there is to go back to, and who forgets --to is reminded", async () => {
  const spawner = await releases("A", "B");
  const { stdout } = await deployed("__complete rollback --to=", { spawner });
  assert.match(stdout, /^2\t\S+Z ops@web1: web\n1\t\S+Z ops@web1: db, web\n:4\n$/);
  const { stderr, exitCode } = await deployed("rollback 2", { spawner });
  assert.match(stderr, /no such service\nhint: Did you mean --to 2\?\n$/);
  assert.equal(exitCode, 3);
});

Deno.test("a deploy is no worse for a history that cannot be written", async () => {
  const spawner = await releases("A");
  spawner.answer = ([command]) =>
    command === "import" ? { code: 1, stderr: "no space left on device" } : undefined;
  const { stderr } = await release(spawner, "B");
  assert.match(stderr, /\nWarning: this deploy is not in the history: no space left on device\n/);
  assert.match(stderr, /\nDeployed web in /);
  assert.deepEqual(runs(spawner), ["B sha256:image-B running"]);
});

Deno.test("a project without a history is told so", async () => {
  const spawner = new FakeSpawner({ services: { web: { hash: "x" } } });
  assert.equal((await deployed("history", { spawner })).stderr, "shop has no history yet.\n");
  const { exitCode, stderr } = await deployed("rollback", { spawner });
  assert.equal(exitCode, 3);
  assert.match(stderr, /^Cannot roll back shop: its history has no deploy that went well\n/);
});

Deno.test("with the name of the project, no Compose file is needed", async () => {
  const spawner = await releases("A", "B");
  const before = spawner.calls.length;
  const { exitCode } = await deployed("history -p shop", { spawner });
  assert.equal(exitCode, 0);
  assert.ok(spawner.calls.slice(before).every(({ argv }) => !argv.includes("compose")));
});

Deno.test("a history keeps as many deploys as it is told to, and none if it is off", async () => {
  const spawner = await releases("A", "B", "C");
  spawner.state.topLevel = { "x-kerek": { history: 2 } };
  await release(spawner, "D");
  assert.deepEqual((await table(spawner)).map((line) => line[0]), ["3", "4"]);
  spawner.state.topLevel = { "x-kerek": { history: "off" } };
  await release(spawner, "E");
  assert.deepEqual((await table(spawner)).map((line) => line[0]), ["3", "4"]);
});

Deno.test("a rollback that another deploy keeps waiting says what it was to do", async () => {
  const spawner = await releases("A", "B");
  spawner.state.lock = {
    labels: {
      "kerek.lock": "shop",
      "kerek.lock.owner": "other@there",
      "kerek.lock.pid": "1",
      "kerek.lock.place": "x",
    },
    created: spawner.engineTime,
    beatS: 0,
  };
  const { exitCode, stderr } = await deployed("rollback", { spawner });
  assert.equal(exitCode, 6);
  assert.match(stderr, /\nCannot roll back shop: other@there .* is deploying it\n/);
});

/** Of a deploy that gave its last sign of life minutes ago. */
const deadLock = {
  labels: { "kerek.lock": "shop", "kerek.lock.pid": "9", "kerek.lock.beats": "yes" },
  created: "2026-01-02T03:00:00Z",
  beatS: 1,
};

// It is prepared a second after the deploy's start.
Deno.test("an entry that was made ahead tells when its deploy ended, and how long it took", async () => {
  const spawner = await releases("A");
  const ends: Record<string, string> = {
    "kerek-history:shop.2": "2026-01-02T03:04:08.500Z",
    "kerek-history:shop.3": "2026-01-02T03:05:00Z",
  };
  spawner.answer = (words) => {
    const end = words[1] === "tag" ? ends[words.at(-1)!] : undefined;
    if (end) spawner.engineTime = end;
    return undefined;
  };
  await release(spawner, "B");
  const list = async () =>
    JSON.parse((await deployed("history --format json", { spawner })).stdout).entries
      .map(({ at, durationMs }: Record<string, unknown>) => [at, durationMs]);
  assert.deepEqual((await list())[1], ["2026-01-02T03:04:08.500Z", 1_000 + 3_500]);
  await release(spawner, "C");
  assert.deepEqual((await list())[2], ["2026-01-02T03:05:00.000Z", 1_000 + 51_500]);
  // With another name since then, nobody knows; when it was made is the next best.
  spawner.state.entries[1].names.push("backup:1");
  assert.deepEqual((await list())[1], ["2026-01-02T03:04:05.000Z", 1_000]);
});

Deno.test("an engine that does not tell when an image got its name makes entries in the end", async () => {
  const spawner = await releases("A");
  spawner.answer = (words) => {
    if (words.at(-1) === "kerek-history:shop.next") spawner.tellsNaming = false;
    return undefined;
  };
  await release(spawner, "B");
  assert.deepEqual(namesIn(spawner), ["kerek-history:shop.1", "kerek-history:shop.2"]);
  const lines = spawner.lines().filter((line) => /(import|tag) .*kerek-history:/.test(line));
  assert.match(lines.at(-1)!, /docker import .* kerek-history:shop\.2$/);
});

const namesIn = ({ state }: FakeSpawner) => state.entries.flatMap(({ names }) => names);

Deno.test("of an entry that was made ahead, nothing is left but the entry", async (t) => {
  const name = (number: number | "next") => `kerek-history:shop.${number}`;
  await t.step("when the deploy goes well", async () => {
    assert.deepEqual(namesIn(await releases("A")), [name(1)]);
  });
  await t.step("and a killed deploy's goes with its lock", async () => {
    const spawner = await releases("A");
    const [entry] = spawner.state.entries;
    const dead = { ...entry, id: "sha256:dead", names: [name("next")] };
    for (const line of ["deploy", "unlock --force"]) {
      spawner.state.entries = [entry, dead];
      spawner.state.lock = deadLock;
      assert.equal((await deployed(line, { spawner })).exitCode, 0, line);
      assert.deepEqual(namesIn(spawner), [name(1)], line);
    }
  });
  await t.step("when it fails", async () => {
    const spawner = await releases("A");
    spawner.answer = ([command]) => command === "stop" ? { code: 1, stderr: "no\n" } : undefined;
    spawner.state.services.web = { hash: "B", config: { image } };
    assert.notEqual((await deployed("deploy", { spawner })).exitCode, 0);
    assert.deepEqual(namesIn(spawner), [name(1), name(2)]);
    assert.ok(spawner.lines().some((line) => line.endsWith(name("next")) && /import/.test(line)));
  });
  await t.step("when it was killed, after the next one", async () => {
    const spawner = await releases("A");
    const [entry] = spawner.state.entries;
    spawner.state.entries.push({ ...entry, id: "sha256:dead", names: [name("next")] });
    assert.equal((await table(spawner)).length, 1);
    await release(spawner, "B");
    assert.deepEqual(namesIn(spawner), [name(1), name(2)]);
  });
  await t.step("when somebody removes it", async () => {
    const spawner = await releases("A");
    spawner.answer = (words) =>
      words.join(" ").endsWith(name(2)) && words[1] === "tag"
        ? { code: 1, stderr: "Error response from daemon: No such image\n" }
        : undefined;
    await release(spawner, "B");
    assert.deepEqual(namesIn(spawner), [name(1), name(2)]);
    assert.match((await table(spawner))[1], /^2 {2}ops@web1 {2}done {5}web B/);
  });
});
