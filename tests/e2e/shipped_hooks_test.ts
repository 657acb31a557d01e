/** Acceptance: hook modules that come with kerek. */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { compiledKerek, whyNotCompiled } from "./harness/compiled.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { serve, service } from "./harness/service.ts";

/** Serves `warm` at `/state` after ten seconds, until then `cold`, which in version C it stays. */
const script = `trap 'exit 0' TERM; mkdir -p /www; echo cold >/www/state
httpd -p 8080 -h /www
{ [ "$VERSION" = C ] || { sleep 10; echo warm >/www/state; }; } &
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
  await project.define(hooked(warm("60s")));
  const { stderr } = await project.deploy([], { env: { VERSION: "B" } });
  assert.match(stderr, /kerek:http: \S+-web-2: the answer does not contain "warm"$/m);
  assert.match(stderr, /^Ran healthGate of kerek:http for web-2 /m);
  await project.define(hooked(warm("2s")));
  const refused = await project.kerek(["deploy"], { env: { VERSION: "C" } });
  assert.equal(refused.code, ExitCode.restored, refused.stderr);
  assert.match(
    refused.stderr,
    /^web-\d is refused: healthGate of kerek:http (did not let it pass|.*it took more than)/m,
  );
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
  assert.match(
    stderr,
    /^web-2 is refused: healthGate of kerek:tcp (did not let it pass in 2 s|.*it took more than)/m,
  );
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
    assert.match(
      refusal,
      /^web-2 is refused: healthGate of kerek:command: grep ended with exit code 1/m,
    );
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

/** Says what it does; does not want version C. */
const migration = `echo "migrating to $$VERSION"; [ "$$VERSION" != C ]`;

scenario(
  "kerek:migrate runs a service first, once, and its failure stops the update",
  async (project) => {
    const module = { module: "kerek:migrate", options: { service: "migrate" } };
    await project.define({
      services: {
        web: service({ replicas: 2 }, { "x-kerek": { hooks: module } }),
        migrate: {
          ...service({ isChecked: false }),
          command: ["sh", "-c", migration],
          profiles: ["tools"],
        },
      },
    });
    for (const VERSION of ["A", "B"]) {
      const { stderr } = await project.deploy([], { env: { VERSION } });
      const said = [...stderr.matchAll(/kerek:migrate: (migrating.*)$/gm)].map(([, text]) => text);
      assert.deepEqual(said, [`migrating to ${VERSION}`], stderr);
    }
    const before = await project.containers();
    const { code, stderr } = await project.kerek(["deploy"], { env: { VERSION: "C" } });
    assert.equal(code, ExitCode.untouched, stderr);
    assert.match(
      stderr,
      /^Cannot run preSwap of kerek:migrate for web-\d: migrate ended with exit code 1/m,
    );
    assert.deepEqual(await project.containers(), before); // Nor is the one that migrated.
    const back = await project.kerek(["rollback"]);
    assert.equal(back.code, 0, back.stderr);
    assert.match(back.stderr, /kerek:migrate: migrate is not run, as this is a rollback$/m);
    const now = await project.containers();
    assert.deepEqual(now.map(({ version }) => version), ["A", "A"]);
  },
);

/**
 * Stands in for Traefik, which cannot be had here: it answers GET /api/http/services in the form that
 * Traefik's own tests have, of the replicas that the DNS names and their health.
 */
const standIn = `mkdir -p /www/api/http; echo '[]' >/www/api/http/services; httpd -p 8080 -h /www
trap 'exit 0' TERM
while :; do
  servers= status=
  for ip in $(nslookup app 127.0.0.11 2>/dev/null | awk '/^Name/ { own = 1 } own && /^Address/ { print $NF }'); do
    state=DOWN; wget -q -O /dev/null "http://$ip:8080/health" && state=UP
    servers="$servers,{\\"url\\":\\"http://$ip:8080\\"}"
    status="$status,\\"http://$ip:8080\\":\\"$state\\""
  done
  printf '[{"loadBalancer":{"servers":[%s]},"name":"app@docker","serverStatus":{%s}}]' \\
    "\${servers#,}" "\${status#,}" >/www/new
  mv /www/new /www/api/http/services; sleep 0.2
done`;

/** Logs what the stand-in says of the new replica when it may pass, and of the old one at its end. */
const look = `const status = async (ctx, { addresses }) => {
  const { stdout } = await ctx.compose(["exec", "-T", "traefik", "cat", "/www/api/http/services"]);
  const [url] = Object.values(addresses).map((address) => \`http://\${address}:8080\`);
  ctx.log(JSON.parse(stdout)[0].serverStatus[url]);
};
export default {
  healthGate: (ctx) => status(ctx, ctx.new),
  beforeStop: (ctx) => status(ctx, ctx.old),
};
`;

scenario(
  "kerek:traefik waits for a stand-in to know the new, and to leave the old",
  async (project) => {
    const script = `mkdir -p /www; touch /www/health; httpd -p 8080 -h /www; ${serve}`;
    const module = { module: "kerek:traefik", options: { mark: ["rm", "/www/health"] } };
    const network = { network_mode: undefined };
    await project.write("look.ts", look);
    await project.define({
      services: {
        app: service({ script }, { ...network, "x-kerek": { hooks: [module, "look.ts"] } }),
        traefik: service({ script: standIn, isChecked: false }, { ...network, environment: {} }),
      },
    });
    await project.deploy(["traefik"]);
    await project.deploy();
    const { stderr } = await project.deploy([], { env: { VERSION: "B" } });
    const said = [...stderr.matchAll(/look\.ts: (.*)$/gm)].map(([, text]) => text);
    assert.deepEqual(said, ["UP", "DOWN"], stderr);
  },
);
