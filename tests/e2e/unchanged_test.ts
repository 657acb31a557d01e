/** Acceptance: what is up to date is left alone, by kerek and by Compose after it and before it. */
import assert from "node:assert/strict";
import type { Container, Model, Project } from "./harness/project.ts";
import { composeIsFrom, scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const idsOf = (containers: Container[]) => containers.map(({ id }) => id);

/** A deploy that leaves all as it is and says so in one line. */
async function doesNothing(project: Project, env?: Record<string, string>): Promise<void> {
  const before = await project.containers();
  const { code, stdout, stderr } = await project.kerek(["deploy"], { env });
  assert.match(stderr, /^Nothing to do: .* up to date\.\n$/);
  assert.deepEqual([code, stdout], [0, ""]);
  assert.deepEqual(idsOf(await project.containers()), idsOf(before));
}

/** `docker compose up -d` after and before kerek, of version A and then of version B. */
async function staysAsItIs(project: Project): Promise<void> {
  await project.deploy();
  await doesNothing(project);
  const first = await project.containers();
  await project.compose(["up", "--detach"]);
  assert.deepEqual(idsOf(await project.containers()), idsOf(first));
  await doesNothing(project);

  const env = { VERSION: "B" };
  await project.deploy([], { env });
  const second = await project.containers();
  assert.ok(second.every(({ version, status }) => version === "B" && status === "running"));
  assert.equal(second.length, first.length);
  await doesNothing(project, env);
  await project.compose(["up", "--detach"], { env });
  assert.deepEqual(idsOf(await project.containers()), idsOf(second));
  await doesNothing(project, env);
}

scenario("a service that depends on others can be replaced without them", async (project) => {
  const model = (version: string): Model => ({
    services: {
      db: service({ replicas: 2 }),
      named: service({ order: "stop-first" }, {
        container_name: `${project.name}-own-name`,
        depends_on: { db: { condition: "service_healthy" } },
        environment: { VERSION: version },
        deploy: {},
      }),
      web: service({}, {
        depends_on: ["named"],
        environment: { VERSION: version },
      }),
    },
  });
  await project.define(model("A"));
  await project.deploy();
  await doesNothing(project);
  await project.define(model("B"));
  for (const [args, replaced] of [[["web"], "web"], [[], "named"]] as const) {
    const before = await project.containers();
    await project.deploy([...args]);
    const now = await project.containers();
    assert.deepEqual(
      now.filter(({ id }) => !idsOf(before).includes(id)).map(({ service }) => service),
      [replaced],
    );
    assert.equal(now.length, before.length);
  }
  await doesNothing(project);
  const before = await project.containers();
  await project.compose(["up", "--detach"]);
  assert.deepEqual(idsOf(await project.containers()), idsOf(before));
});

scenario(
  "a second deploy changes nothing, nor does Compose before or after it",
  async (project) => {
    await project.define({
      services: {
        cache: service({ isChecked: false }),
        db: service({ order: "stop-first" }, { volumes: ["data:/data", "/anonymous"] }),
        old: service({}, { container_name: `${project.name}-own-name`, deploy: {} }),
        web: service({ replicas: 3 }, {
          depends_on: ["db"],
          network_mode: undefined,
          networks: { front: { aliases: ["site"] } },
          labels: { "com.example.price": "$$5" },
        }),
      },
      networks: { front: {} },
      volumes: { data: {} },
    });
    await staysAsItIs(project);
  },
);

/** `main` and services whose containers hold on to that of `main`. */
const sharing: Model = {
  services: {
    main: service({ order: "stop-first" }, {
      network_mode: "bridge",
      ipc: "shareable",
      volumes: ["/srv/data"],
    }),
    "by-ipc": service({ order: "stop-first" }, { ipc: "service:main" }),
    "by-network": service({}, { network_mode: "service:main" }),
    "by-pid": service({}, { pid: "service:main" }),
    "by-volumes": service({ replicas: 2 }, { volumes_from: ["main"] }),
  },
};

scenario(
  "services that share with another one follow it, and are left alone else",
  async (project) => {
    const define = (version: string) =>
      project.define({
        services: {
          ...sharing.services,
          main: { ...sharing.services.main as object, environment: { VERSION: version } },
        },
      });
    await define("A");
    await project.compose(["up", "--detach", "--wait"]);
    await doesNothing(project);
    const first = await project.containers();

    await define("B");
    await project.deploy();
    const second = await project.containers();
    assert.equal(second.find(({ service }) => service === "main")!.version, "B");
    assert.deepEqual(second.filter(({ id }) => idsOf(first).includes(id)), []);
    await sharesWithMain(project);
    await doesNothing(project);
    await project.compose(["up", "--detach"]);
    assert.deepEqual(idsOf(await project.containers()), idsOf(second));

    // Named alone, `main` is replaced alone, and the others follow when they are considered.
    await define("C");
    await project.deploy(["main"]);
    const third = await project.containers();
    const servicesOf = (containers: Container[]) => containers.map(({ service }) => service);
    assert.deepEqual(
      servicesOf(third.filter(({ id }) => !idsOf(second).includes(id))),
      ["main"],
    );
    await project.deploy();
    assert.deepEqual(
      servicesOf((await project.containers()).filter(({ id }) => idsOf(third).includes(id))),
      ["main"],
    );
    await sharesWithMain(project);

    await define("D");
    await project.compose(["up", "--detach", "--wait"]);
    await doesNothing(project);
    await sharesWithMain(project);
  },
);

/** Whether network, processes, memory and files of the others are those of `main`. */
async function sharesWithMain(project: Project): Promise<void> {
  const all = await project.containers();
  assert.deepEqual(
    all.map(({ service, status, health }) => [service, status, health]),
    ["by-ipc", "by-network", "by-pid", "by-volumes", "by-volumes", "main"]
      .map((service) => [service, "running", "healthy"]),
  );
  const [ipc, network, pid, volumes, volumes2, main] = all;
  const namespace = (container: Container, kind: string, process = "self") =>
    project.exec(container, "readlink", `/proc/${process}/ns/${kind}`);
  assert.equal(await namespace(network, "net"), await namespace(main, "net"));
  assert.equal(await namespace(ipc, "ipc"), await namespace(main, "ipc"));
  assert.equal(await namespace(pid, "pid"), await namespace(main, "pid"));
  await project.exec(main, "sh", "-c", "hostname > /srv/data/who");
  const who = await project.exec(main, "hostname");
  for (const container of [volumes, volumes2]) {
    assert.equal(await project.exec(container, "cat", "/srv/data/who"), who);
  }
}

scenario("what is in an env_file counts, and its name does not", async (project) => {
  const define = (path: string) =>
    project.define({
      services: {
        debug: service({}, { profiles: ["debug"] }),
        web: service({ replicas: 2 }, {
          environment: { OTHER: "one" },
          env_file: [path, { path: "optional.env", required: false }],
        }),
      },
    });
  await project.write("a.env", "VERSION=A\nQUOTED='a $b \"c\"'\n");
  await define("a.env");
  await project.deploy();
  await doesNothing(project);
  const first = await project.containers();
  assert.deepEqual(first.map(({ version }) => version), ["A", "A"]);

  await project.write("a.env", "VERSION=B\nQUOTED='a $b \"c\"'\n");
  const { stderr } = await project.deploy();
  assert.match(stderr, /-web-3\b.*config hash \w{7} → \w{7}\)/);
  const second = await project.containers();
  assert.deepEqual(second.map(({ version }) => version), ["B", "B"]);
  assert.deepEqual(second.filter(({ id }) => idsOf(first).includes(id)), []);
  await doesNothing(project);
  await project.compose(["up", "--detach"]);
  assert.deepEqual(idsOf(await project.containers()), idsOf(second));

  await Deno.rename(`${project.folder}/a.env`, `${project.folder}/b.env`);
  await define("b.env");
  await doesNothing(project);
  await project.write("optional.env", "MORE=1\n");
  assert.match((await project.kerek(["status"])).stdout, /a deploy would change it \(config hash/);
  await project.deploy();
  await doesNothing(project);
  await project.compose(["up", "--detach"]);
  await doesNothing(project);
});

scenario("what the files leave open is the same wherever kerek runs", async (project) => {
  await project.define({
    services: {
      // Compose prints this limit in a way that it refuses to read.
      unlimited: service({}, { mem_limit: "32m", memswap_limit: -1 }),
      web: service({}, { environment: ["VERSION", "KEREK_TEST_UNSET", "QUOTED=a $$b"] }),
    },
  });
  // Files of another folder, with a file of variables that has nothing to do with them.
  const elsewhere = `${project.folder}/elsewhere`;
  await Deno.mkdir(elsewhere);
  await project.write("elsewhere/.env", "KEREK_TEST_UNSET=set\n");
  const at = { cwd: elsewhere };
  const deploy = (...args: string[]) =>
    project.deploy(["--file", "../compose.yaml", ...args], { ...at, env: { VERSION: "A" } });
  await deploy();
  const first = await project.containers();
  assert.match((await deploy()).stderr, /^Nothing to do: /);
  await project.compose(["up", "--detach"], { env: { VERSION: "A" } });
  assert.deepEqual(idsOf(await project.containers()), idsOf(first));

  await project.deploy([], { env: { VERSION: "B" } });
  const second = await project.containers();
  assert.deepEqual(second.map(({ version }) => version), ["B", "B"]);
  await project.kerek(["rollback"]);
  assert.deepEqual((await project.containers()).map(({ version }) => version), ["A", "A"]);
});

scenario("with --compatibility, names differ and nothing else", async (project) => {
  await project.define({ services: { web: service({}, { network_mode: undefined }) } });
  await project.deploy(["--compatibility"]);
  const before = await project.containers();
  assert.deepEqual(before.map(({ name }) => name), [`${project.name}_web_1`]);
  for (const args of [["--compatibility"], []]) {
    assert.match((await project.deploy(args)).stderr, /^Nothing to do: /);
  }
  await project.compose(["--compatibility", "up", "--detach"]);
  assert.deepEqual(await project.containers(), before);
  for (const [VERSION, number] of [["B", 2], ["C", 1]]) {
    await project.deploy(["--compatibility"], { env: { VERSION: String(VERSION) } });
    const [{ name }] = await project.containers();
    assert.equal(name, `${project.name}_web_${number}`);
  }
});

scenario("contents of configs and secrets count where asked for", async (project) => {
  const define = (text: string) =>
    project.define({
      services: {
        other: service({}, { configs: ["inline"] }),
        web: service({ replicas: 2 }, {
          configs: [{ source: "inline", target: "/etc/inline" }, "mounted"],
          secrets: ["variable"],
          "x-kerek": { "file-changes": true },
        }),
      },
      configs: { inline: { content: text }, mounted: { file: "./mounted.conf" } },
      secrets: { variable: { environment: "KEREK_TEST_SECRET" } },
    });
  const deployWith = (secret: string) => project.deploy([], { env: { KEREK_TEST_SECRET: secret } });
  await project.write("mounted.conf", "one");
  await define("one äöü");
  await deployWith("one");
  assert.match((await deployWith("one")).stderr, /^Nothing to do: /);
  const first = await project.containers();

  await define("two äöü");
  const inline = await deployWith("one");
  assert.match(inline.stderr, /; content of \/etc\/inline has changed\)/);
  const second = await project.containers();
  assert.deepEqual(
    second.filter(({ id }) => idsOf(first).includes(id)).map(({ service }) => service),
    ["other"],
  );
  assert.equal(await project.exec(second[1], "cat", "/etc/inline"), "two äöü");
  assert.match((await deployWith("one")).stderr, /^Nothing to do: /);

  await project.write("mounted.conf", "two");
  assert.match((await deployWith("one")).stderr, /; content of \/mounted has changed\)/);
  assert.match((await deployWith("one")).stderr, /^Nothing to do: /);
  if (!composeIsFrom("2.28")) return;
  const { stdout, stderr } = await deployWith("two");
  assert.match(stderr, /; content of \/run\/secrets\/variable has changed\)/);
  assert.ok(!(stdout + stderr).includes("two äöü"));
  assert.match((await deployWith("two")).stderr, /^Nothing to do: /);
});
