/** Services with something that old and new containers cannot both have, or that is easily lost. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { freePort, freePorts } from "./harness/ports.ts";
import { type Container, docker, type Project } from "./harness/project.ts";
import { busybox, composeIsFrom, scenario } from "./harness/scenario.ts";
import { serve, service } from "./harness/service.ts";

const B = { env: { VERSION: "B" } };
const C = { env: { VERSION: "C" } };

const idsOf = (containers: Container[]) => containers.map(({ id }) => id);
const versions = (containers: Container[]) => containers.map(({ version }) => version);

/** A refusal that names `where` and leaves all as it is. */
async function isRefused(project: Project, where: RegExp): Promise<void> {
  const before = await project.containers();
  const events = await project.eventsOf(async () => {
    const { code, stderr } = await project.kerek(["deploy"], B);
    assert.equal(code, ExitCode.untouched, stderr);
    assert.match(stderr, where);
    assert.match(stderr, /^hint: /m);
  });
  assert.deepEqual(events, []);
  assert.deepEqual(idsOf(await project.containers()), idsOf(before));
}

/** An update that works, and back again; all containers are new ones. */
async function isUpdated(project: Project): Promise<void> {
  for (const options of [B, C]) {
    const before = await project.containers();
    await project.deploy([], options);
    const now = await project.containers();
    assert.deepEqual(versions(now), before.map(() => options.env.VERSION));
    assert.ok(now.every(({ status }) => status === "running"));
    assert.deepEqual(now.filter(({ id }) => idsOf(before).includes(id)), []);
    assert.match((await project.deploy([], options)).stderr, /^Nothing to do: /);
  }
}

scenario(
  "a container_name is Compose's business when stop-first, refused when start-first",
  async (project) => {
    const name = `${project.name}-own-name`;
    const others = { container_name: name, deploy: undefined };
    await project.define({ services: { web: service({}, others) } });
    await project.deploy();
    await isUpdated(project);
    assert.deepEqual((await project.containers()).map((container) => container.name), [name]);
    await project.define({ services: { web: service({}, { container_name: name }) } });
    await isRefused(project, /services\.web\.container_name: .*start-first/);
  },
);

scenario("a bad version of a service with a container_name is an error", async (project) => {
  const name = `${project.name}-own-name`;
  const define = (script: string) =>
    project.define({
      services: {
        web: service({ order: "stop-first", script }, { container_name: name }),
      },
    });
  await define(serve);
  await project.deploy();
  await define("echo Too bad; exit 4");
  const { code, stderr } = await project.kerek(["deploy"], B);
  // Compose has removed the old one by then.
  assert.equal(code, ExitCode.notRestored, stderr);
  assert.match(stderr, /exit code 4/);
  await define(serve);
  await project.deploy([], C);
  assert.deepEqual(versions(await project.containers()), ["C"]);
});

for (
  const { name, make, where } of [
    {
      name: "a fixed host port",
      make: () => ({ ports: [`127.0.0.1:${freePort()}:80`], networks: ["front"] }),
      where: /services\.web\.ports\[0\]: .*host port 127\.0\.0\.1:\d+/,
    },
    {
      name: "a static address",
      make: () => ({ networks: { front: { ipv4_address: "10.231.77.10" } } }),
      where: /services\.web\.networks\.front: .*address 10\.231\.77\.10/,
    },
  ]
) {
  scenario(`${name} is handed over when stop-first, refused when start-first`, async (project) => {
    const others = { network_mode: undefined, ...make() };
    const define = (order: "start-first" | "stop-first", script = serve) =>
      project.define({
        services: { web: service({ order, script }, others) },
        networks: { front: { ipam: { config: [{ subnet: "10.231.77.0/24" }] } } },
      });
    await define("stop-first");
    await project.deploy();
    await isUpdated(project);
    await define("start-first");
    await isRefused(project, where);

    // What has to be handed over is taken back when the new version is no good.
    await define("stop-first");
    await project.deploy([], C);
    const before = await project.containers();
    await define("stop-first", "exit 1");
    const { code, stderr } = await project.kerek(["deploy"], B);
    assert.equal(code, ExitCode.restored, stderr);
    assert.deepEqual(await project.containers(), before);
  });
}

scenario("with a range of host ports, old and new container can overlap", async (project) => {
  const port = freePorts(4);
  await project.define({
    services: {
      web: service({ replicas: 2 }, {
        network_mode: undefined,
        ports: [`127.0.0.1:${port}-${port + 3}:80`],
      }),
    },
  });
  await project.deploy();
  await isUpdated(project);
});

scenario(
  "configs and secrets are in new containers just as Compose puts them there",
  async (project) => {
    const secret = "p@ss $word 'and' more";
    const web = {
      environment: { VERSION: "${VERSION:-A}", SECRET_VERSION: "none" },
      configs: [
        { source: "inline" },
        { source: "inline", target: "/etc/app/nested.conf", mode: 0o440, uid: "1000", gid: "1001" },
        { source: "of-env", target: "/etc/of-env" },
        { source: "of-file", target: "/etc/of-file" },
      ],
      secrets: ["plain", { source: "plain", target: "other", mode: 0o400 }],
    };
    await project.write("of-file.conf", "from a file\n");
    await project.define({
      services: { web: service({ replicas: 2 }, web) },
      configs: {
        inline: { content: "version ${VERSION:-A}, price $$5\nsecond line\n" },
        "of-env": { environment: "APP_CONFIG" },
        "of-file": { file: "./of-file.conf" },
      },
      secrets: { plain: { environment: "APP_SECRET" } },
    });
    // One of the variables is only in the file that Compose reads by itself.
    await project.write(".env", `APP_CONFIG=of the file\n`);
    const env = (VERSION: string) => ({ VERSION, APP_SECRET: secret });
    const look = (container: Container) =>
      project.exec(
        container,
        "sh",
        "-c",
        "for f in /inline /etc/app/nested.conf /etc/of-env /etc/of-file /run/secrets/plain " +
          "/run/secrets/other; do stat -c '%n %a %u %g' $f; cat $f; echo; done",
      );

    await project.compose(["up", "--detach", "--wait"], { env: env("A") });
    const [byCompose] = await project.containers();
    const expected = await look(byCompose);
    assert.ok(expected.includes("version A, price $5\nsecond line\n"), expected);
    assert.ok(expected.includes(secret));

    for (const version of ["B", "C"]) {
      const { stdout, stderr } = await project.deploy([], { env: env(version) });
      assert.ok(!(stdout + stderr).includes("p@ss"), "the secret is not shown");
      const now = await project.containers();
      assert.deepEqual(versions(now), [version, version]);
      for (const container of now) {
        assert.equal(await look(container), expected.replaceAll("version A", `version ${version}`));
      }
      assert.match((await project.deploy([], { env: env(version) })).stderr, /^Nothing to do: /);
    }
  },
);

scenario("named volumes and networks are those of before", async (project) => {
  await project.define({
    services: {
      web: service({}, {
        network_mode: undefined,
        networks: { front: { aliases: ["site"] }, back: {} },
        volumes: ["data:/data"],
      }),
    },
    networks: { front: {}, back: {} },
    volumes: { data: {} },
  });
  await project.deploy();
  const [old] = await project.containers();
  await project.exec(old, "sh", "-c", "echo kept > /data/file");
  await project.deploy([], B);
  const [now] = await project.containers();
  assert.equal(await project.exec(now, "cat", "/data/file"), "kept\n");
  assert.match(await project.exec(now, "nslookup", "site"), /Address.*\d+\.\d+\.\d+\.\d+/);
  assert.match(await project.exec(now, "nslookup", "web"), /Address.*\d+\.\d+\.\d+\.\d+/);
});

scenario(
  "a network whose definition changed is refused before anything is touched",
  async (project) => {
    const define = (networks: Record<string, unknown>) =>
      project.define({
        services: { web: service({}, { network_mode: undefined, networks: ["front"] }) },
        networks,
      });
    await define({ front: {} });
    await project.deploy();
    await define({ front: { labels: { changed: "yes" } } });
    await isRefused(project, /services\.web\.networks: Compose would stop .*web-1/);
    await define({ front: {} });
    await project.deploy([], B);
    assert.deepEqual(versions(await project.containers()), ["B"]);
  },
  { compose: "2.31" },
);

scenario("Compose that ignores a changed network lets the deploy go on", async (project) => {
  const define = (networks: Record<string, unknown>) =>
    project.define({
      services: { web: service({}, { network_mode: undefined, networks: ["front"] }) },
      networks,
    });
  await define({ front: {} });
  await project.deploy();
  await define({ front: { labels: { changed: "yes" } } });
  await project.deploy([], B);
  assert.deepEqual(versions(await project.containers()), ["B"]);
}, { unless: composeIsFrom("2.31") ? "this one does not ignore it" : undefined });

scenario("a new network or volume of a service comes with its new container", async (project) => {
  await project.define({ services: { web: service({}, { network_mode: undefined }) } });
  await project.deploy();
  await project.define({
    services: {
      web: service({}, { network_mode: undefined, networks: ["more"], volumes: ["data:/data"] }),
    },
    networks: { more: {} },
    volumes: { data: {} },
  });
  await project.deploy();
  const [web] = await project.containers();
  const networks = "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}";
  assert.equal(
    await docker(["inspect", "--format", networks, web.id]),
    `${project.name}_more\n`,
  );
});

scenario("an image rebuilt under the same name is a change where asked for", async (project) => {
  const image = `${project.name}-image:1`;
  project.images.push(image);
  await project.define({ services: { web: service({}, { image }) } });
  await docker(["tag", busybox, image]);
  await project.deploy();
  const [first] = await project.containers();
  // A new image of the same content, so to speak.
  const id = (await docker(["commit", "--change", "LABEL again=1", first.id, image])).trim();
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);
  const { stderr } = await project.deploy(["--image-changes"]);
  assert.match(stderr, /; image \S+ [0-9a-f]{7} → [0-9a-f]{7}\)/);
  const [second] = await project.containers();
  assert.equal(await docker(["inspect", "--format", "{{.Image}}", second.id]), `${id}\n`);
  assert.match((await project.deploy(["--image-changes"])).stderr, /^Nothing to do: /);
  await project.compose(["up", "--detach"]);
  assert.deepEqual(idsOf(await project.containers()), [second.id]);
});

scenario("a job may end, and what depends on it is deployed after it", async (project) => {
  await project.define({
    services: {
      migrate: service({ isChecked: false, script: "sleep 2; echo Migrated; exit 0" }),
      web: service({}, {
        depends_on: { migrate: { condition: "service_completed_successfully" } },
      }),
    },
  });
  for (const options of [{}, B]) {
    const { stderr } = await project.deploy(["--wait"], options);
    assert.match(stderr, /^migrate-\d is completed with exit code 0 [^]*^Started web-/m);
    assert.deepEqual(
      (await project.containers()).map(({ service, status }) => [service, status]),
      [["migrate", "exited"], ["web", "running"]],
    );
    assert.match((await project.deploy([], options)).stderr, /^Nothing to do: /);
  }
  await project.define({
    services: {
      // By its name alone it would come first.
      api: service(),
      migrate: service({ isChecked: false, script: "sleep 2; echo Cannot migrate; exit 9" }),
      web: service({}, {
        depends_on: { migrate: { condition: "service_completed_successfully" } },
      }),
    },
  });
  const before = idsOf(await project.containers());
  const { code, stderr } = await project.kerek(["deploy"], C);
  assert.equal(code, ExitCode.untouched, stderr);
  assert.match(stderr, /exit code 9\n(.*\n)*.*Cannot migrate/);
  assert.deepEqual(idsOf(await project.containers()), before);
});

scenario("who is to restart with a service follows its replacement", async (project) => {
  const define = (version: string) =>
    project.define({
      services: {
        db: service({ order: "stop-first" }, { environment: { VERSION: version } }),
        other: service({}, { depends_on: ["db"], environment: {} }),
        web: service({ replicas: 2 }, {
          depends_on: { db: { condition: "service_healthy", restart: true } },
          environment: {},
        }),
      },
    });
  await define("A");
  await project.deploy();
  const first = await project.containers();
  await define("B");
  const { stderr } = await project.deploy();
  assert.match(stderr, /^Started web-3 .*; restarts with db, which is replaced\)$/m);
  const second = await project.containers();
  const staying = second.filter(({ id }) => idsOf(first).includes(id));
  assert.deepEqual(staying.map(({ service }) => service), ["other"]);
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);

  // Named alone, it is replaced alone, and the others follow when they are considered.
  await define("C");
  await project.deploy(["db"]);
  assert.deepEqual(
    idsOf(await project.containers("web")),
    second.filter(({ service }) => service === "web").map(({ id }) => id),
  );
  assert.match((await project.deploy()).stderr, /restarts with db/);
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);
  await project.compose(["up", "--detach"]);
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);
});
