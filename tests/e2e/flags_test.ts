/** What the options of `kerek deploy` do to a real project. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { type Container, docker } from "./harness/project.ts";
import { busybox, scenario } from "./harness/scenario.ts";
import { serve, service } from "./harness/service.ts";

const B = { env: { VERSION: "B" } };

const idsOf = (containers: Container[]) => containers.map(({ id }) => id);

/** Each container as `service version status`. */
const brief = (containers: Container[]) =>
  containers.map(({ service, version, status }) => `${service} ${version} ${status}`);

scenario("--dry-run, before or after the command, touches nothing", async (project) => {
  await project.define({
    services: {
      cache: service({ isChecked: false }, { build: { context: ".", dockerfile: "absent" } }),
      named: service({ order: "stop-first" }, {
        container_name: `${project.name}-own`,
        deploy: {},
      }),
      web: service({ replicas: 2 }, { network_mode: undefined, networks: ["front"] }),
    },
    networks: { front: {} },
  });
  const first = await project.eventsOf(async () => {
    const { stdout, stderr } = await project.deploy(["--dry-run"]);
    assert.match(
      stdout,
      /^Would create 1 replica of cache, 1 replica of named, 2 replicas of web /m,
    );
    assert.equal(stderr, "");
  });
  assert.deepEqual(first, []);
  assert.deepEqual(await project.containers(), []);
  assert.equal(await docker(["network", "ls", "-q", "--filter", `name=${project.name}`]), "");

  await project.deploy();
  const before = await project.containers();
  const events = await project.eventsOf(async () => {
    for (const args of [["deploy", "--dry-run"], ["--dry-run", "deploy", "--build", "--wait"]]) {
      const { code, stdout, stderr } = await project.kerek(args, B);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Would recreate named by Compose's own means \(config hash /m);
      assert.match(stdout, /^Would start web-3 .*\n(.*\n)*Would stop web-1 /m);
      assert.ok(stdout.split("\n").every((line) => /^$|^(Would|Warning:) /.test(line)));
    }
    const { stdout } = await project.deploy(["--dry-run"]);
    assert.equal(stdout, "Nothing to do: 3 services are up to date.\n");
  });
  assert.deepEqual(events, []);
  assert.deepEqual(await project.containers(), before);
});

scenario(
  "named services alone are considered, with --deps what they depend on, too",
  async (project) => {
    await project.define({
      services: {
        base: service({ isChecked: false }),
        db: service({ isChecked: false }, { depends_on: ["base"] }),
        other: service({ isChecked: false }),
        web: service({ isChecked: false }, { depends_on: ["db"] }),
      },
    });
    await project.deploy(["web", "--no-deps"]);
    assert.deepEqual(await project.services(), ["web"]);
    await project.deploy(["db", "other"]);
    assert.deepEqual(await project.services(), ["db", "other", "web"]);

    const { stderr } = await project.deploy(["--deps", "web"], B);
    assert.deepEqual(
      brief(await project.containers()),
      ["base B running", "db B running", "other A running", "web B running"],
    );
    assert.deepEqual(
      stderr.match(/^Started [a-z]+/gm),
      ["Started base", "Started db", "Started web"],
    );
    await project.deploy(["other"], B);
    await project.deploy([], { env: { VERSION: "B" } });
    assert.deepEqual(
      (await project.containers()).map(({ version }) => version),
      Array(4).fill("B"),
    );
  },
);

scenario("an unknown service is an error that names the nearest one", async (project) => {
  await project.define({ services: { database: service(), web: service() } });
  const { code, stdout, stderr } = await project.kerek(["deploy", "databse"]);
  assert.deepEqual([code, stdout], [ExitCode.untouched, ""]);
  assert.match(stderr, /^Cannot deploy databse: .*\nhint: Did you mean database\?\n$/);
  assert.deepEqual(await project.containers(), []);
});

scenario("--no-start creates what is missing, and the next deploy starts it", async (project) => {
  await project.define({ services: { web: service({ replicas: 2 }) } });
  await project.deploy(["--no-start"]);
  const created = await project.containers();
  assert.deepEqual(brief(created), ["web A created", "web A created"]);
  await project.deploy();
  assert.deepEqual(brief(await project.containers()), ["web A running", "web A running"]);
  assert.deepEqual(idsOf(await project.containers()), idsOf(created));

  await project.deploy(["--no-start"], B);
  assert.deepEqual(
    brief(await project.containers()),
    ["web A running", "web A running", "web B created", "web B created"],
  );
  const ahead = (await project.containers()).slice(2);
  await project.deploy([], B);
  assert.deepEqual(brief(await project.containers()), ["web B running", "web B running"]);
  assert.deepEqual(idsOf(await project.containers()), idsOf(ahead));
});

scenario("--force-recreate replaces what is up to date, in the usual way", async (project) => {
  await project.define({
    services: {
      named: service({ order: "stop-first" }, {
        container_name: `${project.name}-own`,
        deploy: {},
      }),
      other: service(),
      web: service({ replicas: 2 }, { depends_on: ["other"] }),
    },
  });
  await project.deploy();
  const before = await project.containers();
  await project.deploy(["--force-recreate", "web", "named"]);
  const now = await project.containers();
  assert.deepEqual(brief(now), brief(before));
  assert.deepEqual(
    now.filter(({ id }) => idsOf(before).includes(id)).map(({ service }) => service),
    ["other"],
  );
});

scenario(
  "--remove-orphans removes containers of services that are gone, and only then",
  async (project) => {
    await project.define({ services: { gone: service({ replicas: 2 }), web: service() } });
    await project.deploy();
    await project.define({ services: { web: service() } });
    const { stderr } = await project.deploy();
    assert.match(stderr, /^Warning: .*gone-1, .*gone-2\. --remove-orphans removes .*\[orphans\]$/m);
    assert.deepEqual(await project.services(), ["gone", "gone", "web"]);
    const [web] = await project.containers("web");
    await project.deploy(["--remove-orphans"]);
    assert.deepEqual(idsOf(await project.containers()), [web.id]);
  },
);

scenario("a service is scaled up, down and to nothing", async (project) => {
  const scaled = (replicas: number, others: Record<string, unknown> = {}) =>
    project.define({ services: { other: service(), web: service({ replicas }, others) } });
  await scaled(1);
  await project.deploy();
  const [, first] = await project.containers();
  await scaled(3);
  await project.deploy();
  const three = await project.containers("web");
  assert.equal(three.length, 3);
  assert.ok(idsOf(three).includes(first.id));
  await scaled(2);
  await project.deploy();
  const two = await project.containers("web");
  assert.equal(two.length, 2);
  assert.ok(two.every(({ id }) => idsOf(three).includes(id)));
  await scaled(1, { scale: 3, deploy: undefined });
  await project.deploy([], B);
  assert.deepEqual(brief(await project.containers("web")), Array(3).fill("web B running"));
  await scaled(0);
  await project.deploy();
  assert.deepEqual(await project.services(), ["other"]);
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);
});

scenario(
  "containers of inactive profiles survive, and naming one activates it",
  async (project) => {
    await project.define({
      services: {
        debug: service({}, { profiles: ["debug"] }),
        web: service(),
      },
    });
    await project.deploy();
    assert.deepEqual(await project.services(), ["web"]);
    await project.deploy(["debug"]);
    assert.deepEqual(await project.services(), ["debug", "web"]);
    const [debug] = await project.containers();
    await project.deploy(["--remove-orphans"], B);
    assert.deepEqual(brief(await project.containers()), ["debug A running", "web B running"]);
    assert.equal((await project.containers())[0].id, debug.id);
    await project.deploy(["--profile", "debug"], B);
    assert.deepEqual(brief(await project.containers()), ["debug B running", "web B running"]);
  },
);

scenario("one-off containers of `compose run` survive", async (project) => {
  await project.define({ services: { web: service({ replicas: 2 }) } });
  await project.deploy();
  await project.compose(["run", "--detach", "web"]);
  const [oneOff] = (await project.containers()).filter(({ isOneOff }) => isOneOff);
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);
  await project.deploy(["--remove-orphans"], B);
  const now = await project.containers();
  const still = now.filter(({ isOneOff }) => isOneOff);
  assert.deepEqual([still.length, still[0]?.id, still[0]?.status], [1, oneOff.id, "running"]);
  assert.deepEqual(
    brief(now.filter(({ isOneOff }) => !isOneOff)),
    ["web B running", "web B running"],
  );
});

scenario("--timeout is how long a container gets to end", async (project) => {
  // It never ends by itself, and its own grace period is longer than the test may take.
  const stubborn = serve.replace("exit 0", ":").replace("wait", "while :; do wait; done");
  await project.define({
    services: { web: service({ script: stubborn }, { stop_grace_period: "10m" }) },
  });
  await project.deploy();
  await project.deploy(["--timeout", "1"], B);
  assert.deepEqual(brief(await project.containers()), ["web B running"]);
  await project.define({ services: {} });
  await project.deploy(["-t", "0", "--remove-orphans"]);
  assert.deepEqual(await project.containers(), []);
});

scenario("--wait waits for all considered services, within --wait-timeout", async (project) => {
  const slow = service({
    script: `trap 'exit 0' TERM; sleep 1000 & wait`,
  }, {
    healthcheck: {
      test: ["CMD", "test", "-f", "/tmp/ok"],
      interval: "300ms",
      timeout: "5s",
      retries: 1000,
    },
  });
  await project.define({ services: { slow, web: service() } });
  await project.compose(["up", "--detach"]);
  // Up to date, so only --wait looks at it.
  const failed = await project.kerek(["deploy", "--wait", "--wait-timeout", "1"]);
  assert.notEqual(failed.code, 0);
  assert.match(failed.stderr, /slow is not running or healthy: .*not ready in 1 s/);
  const running = project.startKerek(["deploy", "--wait"]);
  const [container] = await project.containers("slow");
  await docker(["exec", container.id, "touch", "/tmp/ok"]);
  const { code, stderr } = await running.result;
  assert.equal(code, 0, stderr);
  assert.equal((await project.containers("slow"))[0].health, "healthy");
});

scenario(
  "Compose files, variables and folders come from where the options say",
  async (project) => {
    await Deno.mkdir(`${project.folder}/elsewhere`);
    const web = service({ isChecked: false });
    await project.define({ services: { web } }, "base.yaml");
    await project.define({ services: { web: { labels: { over: "ridden" } } } }, "override.yaml");
    await project.write("versions.env", "VERSION=of-file\n");
    const files = ["-f", "../base.yaml", "-f", "../override.yaml", "--env-file", "../versions.env"];
    const cwd = `${project.folder}/elsewhere`;
    await project.deploy(files, { cwd });
    const [container] = await project.containers();
    assert.equal(container.version, "of-file");
    const labels = await docker(["inspect", "--format", "{{.Config.Labels.over}}", container.id]);
    assert.equal(labels, "ridden\n");
    assert.match((await project.deploy(files, { cwd })).stderr, /^Nothing to do: /);
    await project.compose([...files, "up", "--detach"], { cwd });
    assert.deepEqual(idsOf(await project.containers()), [container.id]);
  },
);

scenario("a Compose file is read from standard input", async (project) => {
  const file = (version: string) =>
    JSON.stringify({
      services: { web: service({ isChecked: false }, { environment: { VERSION: version } }) },
    });
  await project.deploy(["-f", "-"], { stdin: file("A") });
  assert.deepEqual(brief(await project.containers()), ["web A running"]);
  await project.deploy(["--file", "-", "web"], { stdin: file("B") });
  assert.deepEqual(brief(await project.containers()), ["web B running"]);
  const { stderr } = await project.deploy(["--file=-"], { stdin: file("B") });
  assert.match(stderr, /^Nothing to do: /);
});

scenario("-p and --project-directory name the project and its folder", async (project) => {
  await Deno.mkdir(`${project.folder}/sub`);
  await project.define({
    services: { web: service({ isChecked: false }, { volumes: ["./data:/data"] }) },
  });
  const args = ["-p", project.name, "--project-directory", "sub"];
  await project.deploy(args, { env: { COMPOSE_PROJECT_NAME: "kerek-e2e-not-this" } });
  const [web] = await project.containers();
  const source = await docker(["inspect", "--format", "{{(index .Mounts 0).Source}}", web.id]);
  assert.match(source, /\/sub\/data\n$/);
});

scenario(
  "--build builds the image and replaces the replicas that have the old one",
  async (project) => {
    const image = `${project.name}-image:1`;
    project.images.push(image);
    const web = service({}, { image, build: ".", pull_policy: "build" });
    await project.define({ services: { web } });
    const env = { DOCKER_BUILDKIT: "0" };
    const build = async (content: string, args: string[]) => {
      await project.write("Dockerfile", `FROM ${busybox}\nRUN echo ${content} > /content\n`);
      return await project.deploy(args, { env });
    };
    const content = async () =>
      await project.exec((await project.containers())[0], "cat", "/content");
    await build("first", []);
    assert.equal(await content(), "first\n");
    const [first] = await project.containers();
    await build("second", ["--no-build"]);
    assert.deepEqual(idsOf(await project.containers()), [first.id]);
    const { stderr } = await build("second", ["--build"]);
    assert.equal(await content(), "second\n", stderr);
    assert.equal((await project.containers()).length, 1);
    const [second] = await project.containers();
    await build("second", ["--build"]);
    assert.deepEqual(idsOf(await project.containers()), [second.id]);
  },
);

scenario("--pull never is heeded before anything is touched", async (project) => {
  await project.define({ services: { web: service() } });
  await project.deploy(["--pull", "never"]);
  await project.define({ services: { web: service({}, { image: "kerek-test/absent:1" }) } });
  const events = await project.eventsOf(async () => {
    const { code, stderr } = await project.kerek(["deploy", "--pull", "never"]);
    assert.equal(code, ExitCode.untouched);
    assert.match(stderr, /services\.web\.image: image kerek-test\/absent:1 is not there/);
  });
  assert.deepEqual(events, []);
});

scenario("several services, --parallel and --progress change how, not what", async (project) => {
  await project.define({ services: { a: service({ replicas: 2 }), b: service() } });
  const { stderr } = await project.deploy(["--progress", "quiet", "--parallel", "1"]);
  assert.equal(stderr, "");
  const { stdout } = await project.deploy(["--progress", "json", "--ansi", "never"], B);
  const types = stdout.trim().split("\n").map((line) => JSON.parse(line).type);
  assert.deepEqual([types[0], types.at(-1)], ["planned", "finished"]);
  assert.deepEqual(brief(await project.containers()), [
    "a B running",
    "a B running",
    "b B running",
  ]);
});

scenario("--renew-anon-volumes is accepted", async (project) => {
  await project.define({ services: { web: service({}, { volumes: ["/data"] }) } });
  await project.deploy();
  await project.deploy(["--renew-anon-volumes", "--quiet-pull", "--detach"], B);
  assert.deepEqual(brief(await project.containers()), ["web B running"]);
});
