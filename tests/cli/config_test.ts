/** `kerek config` in full, against programs that only remember how they were called. */
import assert from "node:assert/strict";
import { parseYaml } from "../../lib/deps/yaml.ts";
import { jsonSchemaText } from "../../lib/config/json_schema.ts";
import { deployed, type Scene } from "./deployed.ts";

const shop: Scene = {
  state: {
    services: {
      web: { hash: "w", config: { deploy: { update_config: { order: "start-first" } } } },
      api: { hash: "a", config: { "x-kerek": { drain: { wait: "2s" } } } },
      debug: { hash: "d", config: { profiles: ["dev"] } },
    },
    topLevel: { "x-kerek": { drain: { settle: "1s" } } },
  },
};

const config = (line: string, scene: Scene = shop) => deployed(line, scene);

/** Names of the services in the output. */
function servicesIn(stdout: string): string[] {
  return Object.keys(parseYaml(stdout).services);
}

Deno.test("config prints what applies to each service, and where it comes from", async () => {
  const { stdout, stderr, exitCode, spawner } = await config("config");
  assert.deepEqual([stderr, exitCode], ["", 0]);
  assert.deepEqual(servicesIn(stdout), ["api", "web"]);
  assert.match(
    stdout,
    /^ {6}order: start-first {2}# services\.web\.deploy\.update_config\.order$/m,
  );
  assert.match(stdout, /^ {6}settle: 1s {2}# x-kerek\.drain\.settle$/m);
  assert.match(stdout, /^ {6}wait: 2s {2}# services\.api\.x-kerek\.drain\.wait$/m);
  // The engine has no part in it.
  assert.deepEqual(spawner.lines(), ["docker compose config"]);
});

Deno.test("options of client and project stand in front of the call to Compose", async () => {
  const cases: [line: string, call: string][] = [
    ["-H h config -f a.yaml -p shop", "docker --host h compose --file a.yaml --project-name shop"],
    ["config --env-file e --profile x", "docker compose --env-file e --profile x"],
    [
      "config --project-directory d --compatibility",
      "docker compose --compatibility --project-directory d",
    ],
    ["config --dry-run", "docker compose"],
  ];
  for (const [line, call] of cases) {
    const { spawner, exitCode } = await config(line);
    assert.deepEqual([spawner.lines(), exitCode], [[`${call} config`], 0], line);
  }
  const { spawner } = await config("config -f -", { ...shop, stdin: "services:" });
  assert.deepEqual(spawner.calls.map(({ stdin }) => stdin), ["services:"]);
});

Deno.test("options that go before the files are shown as such", async () => {
  const flags = "--order stop-first --update-parallelism 0 --on-failure rollback";
  const { stdout } = await config(`config ${flags} web`);
  assert.match(stdout, /order: stop-first {2}# --order$/m);
  assert.match(stdout, /parallelism: 0 {2}# --update-parallelism$/m);
  assert.match(stdout, /failure_action: rollback {2}# --on-failure$/m);
});

Deno.test("named services alone are printed, and their profiles made active", async () => {
  assert.deepEqual(servicesIn((await config("config web")).stdout), ["web"]);
  const { stdout, spawner } = await config("config web debug");
  assert.deepEqual(servicesIn(stdout), ["debug", "web"]);
  assert.equal(spawner.lines().at(-1), "docker compose --profile dev config");
});

Deno.test("an unknown service is an error with the nearest name", async () => {
  const { stdout, stderr, exitCode } = await config("config wbe");
  assert.equal(
    stderr,
    "Cannot show wbe: the Compose files define no such service\nhint: Did you mean web?\n",
  );
  assert.deepEqual([stdout, exitCode], ["", 3]);
});

Deno.test("what cannot be read is an error with its place, as for a deploy", async () => {
  const web = { hash: "w", config: { "x-kerek": { drain: { wait: "soon" } } } };
  for (const command of ["config", "deploy", "deploy --dry-run"]) {
    const { stdout, stderr, exitCode } = await config(command, { state: { services: { web } } });
    assert.equal(
      stderr,
      'Cannot read the Compose files: services.web.x-kerek.drain.wait: "soon" is not a duration; ' +
        "write it like 500ms, 10s or 1m30s\n" +
        "hint: Mend the Compose file; docs/configuration.md says what there is.\n",
    );
    assert.deepEqual([stdout, exitCode], ["", 3]);
  }
  const { stderr, exitCode } = await config("config", {
    prepare: (fake) =>
      fake.answer = () => ({ code: 14, stderr: "no configuration file provided: not found" }),
  });
  assert.match(stderr, /^Cannot read the Compose files: there is none here or in a folder above\n/);
  assert.equal(exitCode, 3);
});

Deno.test("what Compose warns of goes to standard error", async () => {
  const { stdout, stderr } = await config("config", {
    ...shop,
    prepare: (fake) => {
      const read = fake.read;
      fake.read = async (argv, options) => ({
        ...await read(argv, options),
        stderr: 'time="x" level=warning msg="The \\"TAG\\" variable is not set."\n',
      });
    },
  });
  assert.equal(stderr, 'Warning: The "TAG" variable is not set. [unset-variable]\n');
  assert.deepEqual(servicesIn(stdout), ["api", "web"]);
});

Deno.test("--schema needs neither Compose nor files", async () => {
  const { stdout, stderr, exitCode, spawner } = await config("config --schema");
  assert.deepEqual([stdout, stderr, exitCode], [jsonSchemaText(), "", 0]);
  assert.deepEqual(spawner.calls, []);
});
