/** Acceptance: Compose's lifecycle commands run when, where and as the files say. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service, type ServiceOptions } from "./harness/service.ts";

/** Notes what happens, and in which container: the volume is all replicas' own. */
const note = (what: string) => `echo "$VERSION ${what}" >>/notes/all`;

const script = `trap '${note("told to stop").replaceAll('"', "")}; rm /tmp/ok; exit 0' TERM
${note("started")}; touch /tmp/ok; sleep 1000 & wait`;

/** For a Compose file, where a dollar sign is two. */
const inFile = (text: string) => text.replaceAll("$", "$$$$");

/** Waits for the container's own note, as a command may run before that. */
const hook = (what: string) => ({
  command: ["sh", "-c", inFile(`until [ -e /tmp/ok ]; do sleep 0.1; done; ${note(what)}`)],
});

interface Hooks {
  post_start?: unknown[];
  pre_stop?: unknown[];
}

const noting: Hooks = {
  post_start: [hook("post_start 1"), hook("post_start 2")],
  pre_stop: [hook("pre_stop 1"), hook("pre_stop 2")],
};

const define = (
  project: Project,
  options: ServiceOptions,
  { post_start, pre_stop }: Hooks = noting,
  others: Record<string, unknown> = {},
) =>
  project.define({
    services: {
      web: service({ script, ...options }, {
        volumes: ["notes:/notes"],
        ...(post_start ? { post_start } : {}),
        ...(pre_stop ? { pre_stop } : {}),
        ...others,
      }),
    },
    volumes: { notes: {} },
  });

/** What happened since the last time. */
async function notes(project: Project): Promise<string[]> {
  const [some] = await project.containers("web");
  const text = await project.exec(some, "sh", "-c", "cat /notes/all; : >/notes/all");
  return text.split("\n").filter((line) => line);
}

const B = { env: { VERSION: "B" } };

const coming = (version: string) =>
  ["started", "post_start 1", "post_start 2"].map((what) => `${version} ${what}`);

const leaving = (version: string) =>
  ["pre_stop 1", "pre_stop 2", "told to stop"].map((what) => `${version} ${what}`);

for (const order of ["start-first", "stop-first"] as const) {
  scenario(`${order}: commands run after a start and before a stop`, async (project, t) => {
    await define(project, { order });
    await project.deploy();
    assert.deepEqual(await notes(project), coming("A"));

    await t.step("of those that are replaced and replace, in order", async () => {
      const { stderr } = await project.deploy([], B);
      const [first, then] = order === "start-first"
        ? [coming("B"), leaving("A")]
        : [leaving("A"), coming("B")];
      assert.deepEqual(await notes(project), [...first, ...then]);
      assert.match(
        stderr,
        /^Ran post_start in web-2 .*\nRan post_start in web-2 .*\nweb-2 is healthy/m,
      );
      assert.match(stderr, /^Ran pre_stop in web-1 .*\nRan pre_stop in web-1 .*\nStopped web-1 /m);
    });

    await t.step("of those that are added, and of no other", async () => {
      await define(project, { order, replicas: 2 });
      await project.deploy([], B);
      assert.deepEqual(await notes(project), coming("B"));
    });

    await t.step("of those that go without a successor, and of no other", async () => {
      await define(project, { order });
      await project.deploy([], B);
      assert.deepEqual(await notes(project), leaving("B"));
    });

    await t.step("of none when nothing is to be done", async () => {
      await project.deploy([], B);
      assert.deepEqual(await notes(project), []);
    });
  });

  scenario(`${order}: a failing post_start fails the swap`, async (project) => {
    const failing = {
      post_start: [
        hook("post_start 1"),
        { command: ["sh", "-c", "echo no table of users >&2; exit 3"] },
        hook("post_start 3"),
      ],
      pre_stop: [hook("pre_stop 1"), hook("pre_stop 2")],
    };
    await define(project, { order, replicas: 2 });
    await project.deploy();
    const before = await project.containers();
    await notes(project);
    await define(project, { order, replicas: 2 }, failing);
    const { code, stderr } = await project.kerek(["deploy"], B);
    assert.equal(code, ExitCode.restored, stderr);
    assert.match(
      stderr,
      /^Cannot run post_start in web-3: exit code 3 \(no table of users\)$/m,
    );
    if (order === "stop-first") {
      assert.match(stderr, /^Ran post_start in web-1: warning, it failed: exit code 3/m);
    }
    assert.match(stderr, /^web: as before$/m);
    assert.deepEqual(await project.containers(), before);
    // It is killed without ceremony, as it has never served.
    const tried = ["B started", "B post_start 1"];
    assert.deepEqual(
      await notes(project),
      order === "start-first"
        ? tried
        // The old one is started again, and what fails in it is a warning.
        : [...leaving("A"), ...tried, "A started", "A post_start 1", "A post_start 3"],
    );
  });
}

scenario("what is rolled back leaves like what is replaced", async (project) => {
  const deploy = (replicas: number) => ({
    replicas,
    update_config: { order: "start-first", failure_action: "rollback", monitor: "1s" },
  });
  const drain = { mark: ["sh", "-c", inFile(note("mark"))], wait: "100ms" };
  await define(project, {}, noting, { deploy: deploy(2), "x-kerek": { drain } });
  await project.deploy();
  const before = await project.containers();
  await notes(project);
  // Whoever comes after the first replica of version B fails, once that has taken over.
  const failing = `if [ "$VERSION" = B ] && ! mkdir /notes/B; then
  until grep -q "A told to stop" /notes/all; do sleep 0.1; done
  exit 1
fi
${script}`;
  const test = ["CMD", "test", "-f", "/tmp/ok"];
  await define(project, { script: failing }, { pre_stop: noting.pre_stop }, {
    deploy: deploy(2),
    healthcheck: { test, interval: "300ms", retries: 1000 },
    "x-kerek": { drain },
  });
  const { code, stderr } = await project.kerek(["deploy"], B);
  assert.equal(code, ExitCode.restored, stderr);
  assert.match(stderr, /^web: rolled back, as before$/m);
  assert.deepEqual(await project.containers(), before);
  const farewell = (version: string) =>
    ["pre_stop 1", "pre_stop 2", "mark", "told to stop"].map((what) => `${version} ${what}`);
  assert.deepEqual(
    await notes(project),
    ["B started", ...farewell("A"), "A started", ...farewell("B")],
  );
});

scenario("a failing pre_stop is a warning", async (project) => {
  const failing = { pre_stop: [{ command: ["/no/such/program"] }, hook("pre_stop 2")] };
  await define(project, {});
  await project.deploy();
  await notes(project);
  await define(project, {}, failing);
  const { stderr } = await project.deploy([], B);
  assert.match(
    stderr,
    /^Ran pre_stop in web-1: warning, it failed: exec: "\/no\/such\/program": .* \(\d/m,
  );
  assert.deepEqual(await notes(project), ["B started", "A pre_stop 2", "A told to stop"]);
  const now = await project.containers();
  assert.deepEqual(now.map(({ version, status }) => [version, status]), [["B", "running"]]);
});

scenario("orphans go without commands, which are gone with their service", async (project) => {
  await define(project, {});
  const model = JSON.parse(await Deno.readTextFile(`${project.folder}/compose.yaml`));
  const { web } = model.services;
  await project.define({ ...model, services: { web, gone: web } });
  await project.deploy();
  await notes(project);
  await project.define(model);
  await project.deploy(["--remove-orphans"]);
  assert.deepEqual(await project.services(), ["web"]);
  assert.deepEqual(await notes(project), ["A told to stop"]);
});

scenario("commands get their options, and keep what is secret", async (project, t) => {
  const secret = "top secret # $HOME 'quoted' \"twice\"";
  const many = "first line\nsecond line";
  // A container may read its own command lines, so the answers are what tells.
  const tell = (file: string) =>
    inFile(
      `{ id -u; id -g; pwd; printf '%s|' "$SECRET" "$MANY" "$HOME" "$DOCKER_HOST" "$EMPTY" "$VERSION"; ` +
        `} >/notes/${file}`,
    );
  const options = (file: string) => ({
    command: ["sh", "-c", tell(file)],
    user: "65534:65534",
    working_dir: "/srv",
    environment: {
      SECRET: "${SECRET}",
      MANY: "${MANY}",
      // What would lead the engine's client astray.
      HOME: "/no/such/home",
      DOCKER_HOST: "tcp://localhost:1",
      EMPTY: "",
    },
  });
  const hooks = (kind: string) => [
    { command: "chmod 777 /notes" },
    options(kind),
    {
      command: ["sh", "-c", inFile("echo $PAID $$ >/notes/") + kind + "-dollars"],
      environment: ["PAID=$$5"],
    },
  ];
  await define(project, {}, { post_start: hooks("post"), pre_stop: hooks("pre") });
  const env = { SECRET: secret, MANY: many };
  const first = await project.deploy([], { env });
  const second = await project.deploy([], { env: { ...env, VERSION: "B" } });
  const [web] = await project.containers();
  const read = (file: string) => project.exec(web, "cat", `/notes/${file}`);
  for (const [kind, version] of [["post", "B"], ["pre", "A"]]) {
    await t.step(`${kind}: user, folder and variables`, async () => {
      const [uid, gid, folder, ...rest] = (await read(kind)).split("\n");
      assert.deepEqual([uid, gid, folder], ["65534", "65534", "/srv"]);
      assert.equal(
        rest.join("\n"),
        [secret, many, "/no/such/home", "tcp://localhost:1", "", version, ""].join("|"),
      );
    });
    await t.step(`${kind}: two dollar signs are one`, async () => {
      assert.match(await read(`${kind}-dollars`), /^\$5 \d+\n$/);
    });
  }
  await t.step("nothing of it is printed", () => {
    for (const { stdout, stderr } of [first, second]) {
      assert.ok(!/top secret|second line|no\/such\/home/.test(stdout + stderr));
    }
  });
});

scenario("a command gets privileges where asked for", async (project) => {
  const tell = (file: string, privileged: boolean) => ({
    command: ["sh", "-c", `grep CapEff /proc/self/status >/notes/${file}`],
    privileged,
  });
  await define(project, {}, { post_start: [tell("usual", false), tell("more", true)] });
  const { code, stderr } = await project.kerek(["deploy"]);
  if (code !== 0) {
    // Of an engine that is itself in a container, which has none to give.
    assert.match(stderr, /^Cannot run post_start in web-1: unable to apply caps: /m);
    assert.equal(stderr.match(/^Ran post_start /gm)?.length, 1);
    return;
  }
  const [web] = await project.containers();
  const [usual, more] = (await project.exec(web, "cat", "/notes/usual", "/notes/more"))
    .match(/(?<=CapEff:\s*)\w+/g)!.map((mask) => BigInt(`0x${mask}`));
  assert.ok(more > usual && (more & usual) === usual);
});

scenario("a replica that ends before its post_start says its last words", async (project) => {
  await define(project, {});
  await project.deploy();
  await define(project, { script: "echo Lost the database; exit 1" });
  const { code, stderr } = await project.kerek(["deploy"], B);
  assert.equal(code, ExitCode.restored, stderr);
  assert.match(stderr, /^Cannot run post_start in web-2: .*\n(.*\n)*.*\| Lost the database$/m);
});

scenario("a command that fails does not tell its variables", async (project) => {
  const failing = { command: ["/no/such/program"], environment: { KEY: "top secret" } };
  await define(project, {});
  await project.deploy();
  await define(project, {}, { post_start: [failing], pre_stop: [failing] });
  const { code, stderr } = await project.kerek(["deploy"], B);
  assert.equal(code, ExitCode.restored, stderr);
  assert.match(stderr, /^Cannot run post_start in web-2: .*no\/such\/program/m);
  assert.ok(!stderr.includes("top secret"), stderr);
});
