/** What Compose files can say is meant as with Compose. */
import assert from "node:assert/strict";
import { delimiter } from "node:path";
import * as argv from "../../lib/engine/argv.ts";
import { Programs } from "../../lib/engine/programs.ts";
import { beginReading } from "../../lib/engine/reading.ts";
import { spawner } from "../../lib/engine/spawn.ts";
import { type Container, docker } from "./harness/project.ts";
import { busybox, scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const brief = (containers: Container[]) =>
  containers.map(({ service, version, status }) => `${service} ${version} ${status}`);

const B = { env: { VERSION: "B" } };

scenario("include, extends, mode: global and scale: 0 mean what they mean", async (project) => {
  await project.define({
    services: { base: service({ replicas: 2 }), job: service({}, { profiles: ["job"] }) },
  }, "base.yaml");
  await project.define({
    services: { worker: service({ isChecked: false }, { "x-kerek": { drain: { wait: "10ms" } } }) },
  }, "included.yaml");
  await project.define({
    include: ["included.yaml"],
    services: {
      everywhere: service({}, {
        deploy: { mode: "global", update_config: { order: "start-first" } },
      }),
      none: service({}, { deploy: undefined, scale: 0 }),
      web: { extends: { file: "base.yaml", service: "base" } },
    },
  });
  for (const [version, options] of [["A", {}], ["B", B]] as const) {
    await project.deploy([], options);
    const all = ["everywhere", "web", "web", "worker"];
    assert.deepEqual(
      brief(await project.containers()),
      all.map((name) => `${name} ${version} running`),
    );
    assert.match((await project.deploy([], options)).stderr, /^Nothing to do: /);
    const before = await project.containers();
    await project.compose(["up", "--detach"], options);
    assert.deepEqual(await project.containers(), before);
  }
});

scenario("an optional dependency on what is not active is none", async (project) => {
  const dependency = { debug: { condition: "service_started", required: false } };
  await project.write("a.env", "FROM_FILE=1\n");
  await project.define({
    services: {
      debug: service({}, { profiles: ["debug"] }),
      plain: service({}, { depends_on: dependency }),
      web: service({ replicas: 2 }, { depends_on: dependency, env_file: "a.env" }),
    },
  });
  const all = (version: string) =>
    ["plain", "web", "web"].map((name) => `${name} ${version} running`);
  await project.deploy();
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);
  await project.deploy([], B);
  assert.match((await project.deploy([], B)).stderr, /^Nothing to do: /);
  const second = await project.containers();
  assert.deepEqual(brief(second), all("B"));
  await project.compose(["up", "--detach"], B);
  assert.deepEqual(await project.containers(), second);
  const { code, stderr } = await project.kerek(["rollback"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(brief(await project.containers()), all("A"));
  assert.match((await project.deploy()).stderr, /^Nothing to do: /);
});

scenario("jobs by hand, inactive profiles and other projects survive all", async (project) => {
  await project.define({
    services: {
      debug: service({}, { profiles: ["debug"] }),
      gone: service(),
      web: service({ replicas: 2 }),
    },
  });
  await project.deploy(["--profile", "debug"]);
  await project.compose(["run", "--detach", "web"]);
  const other = `${project.name}-other`;
  await docker([
    ...["run", "--detach", "--name", other, "--label", `com.docker.compose.project=${other}`],
    ...["--label", "com.docker.compose.service=web", "--label", "com.docker.compose.oneoff=False"],
    ...[busybox, "sleep", "1000"],
  ]);
  try {
    const kept = async () => {
      const own = (await project.containers()).filter((x) => x.isOneOff || x.service === "debug");
      const [{ Id, State }] = JSON.parse(await docker(["container", "inspect", other]));
      return [...own.map(({ id, status }) => [id, status]), [Id, State.Status]];
    };
    const before = await kept();
    assert.equal(before.length, 3);
    await project.define({
      services: { debug: service({}, { profiles: ["debug"] }), web: service({ replicas: 2 }) },
    });
    const bad = { VERSION: "bad" };
    const operations: [args: string[], env: Record<string, string>, code: number][] = [
      [["deploy"], { VERSION: "B" }, 0],
      [["deploy", "--force-recreate", "--remove-orphans"], { VERSION: "B" }, 0],
      [["deploy", "--order", "stop-first", "--on-failure", "rollback"], { VERSION: "C" }, 0],
      [["rollback", "web"], {}, 0],
      [["rollback", "--remove-orphans"], {}, 0],
      [["rollback", "--to", "1"], {}, 0],
      [["deploy", "--remove-orphans"], { VERSION: "D" }, 0],
      [["deploy", "--scale", "x"], bad, 2],
      [["status"], bad, 0],
      [["check"], bad, 0],
      [["unlock", "--force"], bad, 0],
    ];
    for (const [args, env, code] of operations) {
      const result = await project.kerek(args, { env });
      assert.equal(result.code, code, `${args}\n${result.stderr}`);
      assert.deepEqual(await kept(), before, args.join(" "));
    }
  } finally {
    await docker(["rm", "--force", other]);
  }
});

const provider = `#!/bin/sh
case "$*" in *" up "*) echo '{"type":"setenv","message":"URL=http://provided"}';; esac
`;

scenario(
  "a provider is left to Compose, and who depends on it gets its variables",
  async (project) => {
    await project.write("kerek-test-provider", provider);
    await Deno.chmod(`${project.folder}/kerek-test-provider`, 0o755);
    await project.define({
      services: {
        db: { provider: { type: "kerek-test-provider", options: { size: "1" } } },
        web: service({ replicas: 2 }, { depends_on: ["db"] }),
      },
    });
    const PATH = [project.folder, Deno.env.get("PATH")].join(delimiter);
    for (const VERSION of ["A", "B"]) {
      const options = { env: { PATH, VERSION } };
      await project.deploy([], options);
      const now = await project.containers();
      assert.deepEqual(brief(now), Array(2).fill(`web ${VERSION} running`));
      assert.match(await project.exec(now[0], "env"), /^DB_URL=http:\/\/provided$/m);
      assert.match((await project.deploy([], options)).stderr, /^Nothing to do: /);
      await project.compose(["up", "--detach"], options);
      assert.deepEqual(await project.containers(), now);
    }
  },
  { compose: "2.36" },
);

Deno.test("what Compose prints has the hashes of the files that it printed", async () => {
  // But for an `env_file`, whose name counts here and not there, see unchanged_test.ts.
  const compose = ["docker", "compose", "--file", `${import.meta.dirname}/everything.yaml`];
  const programs = new Programs({
    engine: ["docker"],
    compose: [...compose, "--profile", "*"],
    composeAlone: ["docker", "compose"],
    isPodman: false,
  }, spawner);
  const { config } = beginReading(programs, { compose: { projectName: "kerek-e2e-none" } });
  const printed = config.then(({ stdout }) => stdout);
  const [{ stdout: again }, { stdout: ofFiles }] = await Promise.all([
    programs.tryResolved(printed, argv.composeHashes()),
    programs.readCompose(argv.composeHashes()),
  ]);
  const sorted = (text: string) => text.split("\n").sort();
  assert.deepEqual(sorted(again), sorted(ofFiles));
  assert.ok(sorted(ofFiles).length > 70);
});
