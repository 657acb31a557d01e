/** Acceptance: hook modules that come with kerek. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { compiledKerek, whyNotCompiled } from "./harness/compiled.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

/** Serves `warm` at `/state` after three seconds, until then `cold`, which in version C it stays. */
const script = `trap 'exit 0' TERM; mkdir -p /www; echo cold >/www/state
httpd -p 8080 -h /www
{ [ "$VERSION" = C ] || { sleep 3; echo warm >/www/state; }; } &
sleep 1000 & wait`;

const web = service({ order: "start-first", script, isChecked: false }, {
  network_mode: undefined,
});

const hooked = (...hooks: unknown[]) => ({ "x-kerek": { hooks }, services: { web } });

/** A gate that asks for a word in what is served. */
const warm = (timeout: string) => ({
  module: "kerek:http",
  timeout,
  options: { port: 8080, path: "/state", contains: "warm", successes: 2, intervalMs: 100 },
});

async function asksByHttp(project: Project): Promise<void> {
  await project.define({ services: { web } });
  await project.deploy();
  await project.define(hooked(warm("20s")));
  const { stderr } = await project.deploy([], { env: { VERSION: "B" } });
  assert.match(stderr, /kerek:http: \S+-web-2: the answer does not contain "warm"$/m);
  assert.match(stderr, /^Ran healthGate of kerek:http for web-2 /m);
  await project.define(hooked(warm("2s")));
  const refused = await project.kerek(["deploy"], { env: { VERSION: "C" } });
  assert.equal(refused.code, ExitCode.restored, refused.stderr);
  assert.match(refused.stderr, /^web-3 is refused: healthGate of kerek:http did not let it pass/m);
  const now = await project.containers();
  assert.deepEqual(now.map(({ version, status }) => [version, status]), [["B", "running"]]);
}

scenario("kerek:http lets a replica pass when its answer is as wanted", asksByHttp);

scenario("compiled: kerek:http lets a replica pass when its answer is as wanted", (project) => {
  project.command = [compiledKerek()];
  return asksByHttp(project);
}, { unless: whyNotCompiled });

/** Takes connections from its third second on; in version C never. */
const late = `trap 'exit 0' TERM; mkdir -p /www
{ [ "$VERSION" = C ] || { sleep 3; httpd -p 8080 -h /www; }; } &
sleep 1000 & wait`;

scenario("kerek:tcp lets a replica pass when it takes connections", async (project) => {
  const slow = service({ order: "start-first", script: late, isChecked: false }, {
    network_mode: undefined,
  });
  const taking = (timeout: string) => ({
    "x-kerek": { hooks: { module: "kerek:tcp", timeout, options: { port: 8080 } } },
    services: { web: slow },
  });
  await project.define(taking("20s"));
  await project.deploy();
  await project.define(taking("2s"));
  const before = await project.containers();
  const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: "C" } });
  assert.equal(code, ExitCode.restored, stderr);
  assert.match(stderr, /^web-2 is refused: healthGate of kerek:tcp did not let it pass in 2 s/m);
  assert.deepEqual(await project.containers(), before);
});

scenario(
  "kerek:command runs commands in replicas, and refuses by their exit code",
  async (project) => {
    const check = (word: string) => ({
      module: "kerek:command",
      options: { in: "new", healthGate: ["grep", word, "/www/state"] },
    });
    await project.define(hooked(check("[a-z]"))); // A first deploy must pass, too.
    const { stderr } = await project.deploy();
    assert.match(stderr, /kerek:command: (cold|warm)$/m);
    await project.define(hooked(check("hot")));
    const { code, stderr: refusal } = await project.kerek(["deploy"], { env: { VERSION: "B" } });
    assert.equal(code, ExitCode.restored, refusal);
    assert.match(refusal, /^web-2 is refused: grep ended with exit code 1/m);
  },
);

scenario(
  "kerek:webhook tells how a deploy went, and keeps its address to itself",
  async (project) => {
    const bodies: Record<string, unknown>[] = [];
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      async (request) => {
        if (request.url.endsWith("/gone")) return new Response(null, { status: 404 });
        bodies.push(await request.json());
        return new Response();
      },
    );
    try {
      const at = (path: string) => `http://127.0.0.1:${server.addr.port}/${path}`;
      const hook = (path: string) => ({
        module: "kerek:webhook",
        options: { url: at(path), on: ["beforeDeploy", "afterDeploy"] },
      });
      await project.define(hooked(hook("s3cret")));
      const { stderr, stdout } = await project.deploy();
      assert.doesNotMatch(stderr + stdout, /s3cret/);
      assert.deepEqual(bodies, [
        { text: `${project.name}: deploy begins`, project: project.name, moment: "beforeDeploy" },
        {
          text: `${project.name}: done`,
          project: project.name,
          moment: "afterDeploy",
          outcome: "done",
          services: [{ service: "web", done: 1, total: 1, kind: "updated" }],
        },
      ]);
      await project.define(hooked(hook("gone")));
      const missed = await project.deploy(["--progress", "json"], { env: { VERSION: "B" } });
      assert.match(missed.stdout, /the webhook was not delivered: status 404/);
      assert.doesNotMatch(missed.stdout, /127\.0\.0\.1/);
    } finally {
      await server.shutdown();
    }
  },
);
