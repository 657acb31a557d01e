/**
 * Acceptance: the README's quick start works word for word for a new user of a fresh Debian, who has
 * Docker from Debian's packages, the compiled program, and the examples. Nothing else is there: no
 * Deno, no checkout.
 *
 * There is no registry and no release here: the example's images are loaded under the names that its
 * Compose file has, and the release is served by this machine.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { compiledKerek, whyNotCompiled } from "../harness/compiled.ts";
import { type Block, blocksOf, checked } from "../harness/doc_blocks.ts";
import { greetImages } from "../harness/greet.ts";
import { docker } from "../harness/project.ts";
import { run } from "../harness/run.ts";
import { startSystemdHost, type SystemdHost, whyNoSystemdHost } from "../harness/systemd_host.ts";

const root = new URL("../../../", import.meta.url);

/** The first release of Debian that has Compose v2. */
const release = "trixie";

const reason = whyNotCompiled ?? await whyNoSystemdHost(release);

Deno.test({
  name: "a new user's quick start works as the README has it" +
    (reason ? ` (left out: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: async (t) => {
    const host = await startSystemdHost(release);
    // Each step needs those before it.
    const step = async (name: string, act: () => Promise<unknown>) =>
      assert.ok(await t.step(name, async () => void await act()));
    try {
      await step("Docker comes from Debian's packages", () => installDocker(host));
      await step("the images are those that the example names", () => loadImages(host));
      await step("the installer puts the program on PATH", () => installKerek(host));
      await copyExamples(host);
      for (const { line, commands } of await quickStart()) {
        await step(`README.md:${line}`, () => user(host, `cd kerek\n${checked(commands)}`));
      }
      await step("the plugin that it links is there", async () => {
        assert.match(await user(host, "docker deploy --version"), /^kerek \d/);
      });
    } finally {
      await host.remove();
    }
  },
});

/** Runs a script as the user who has just logged in; the result is what it printed. */
async function user(host: SystemdHost, script: string): Promise<string> {
  await host.shell(`cat >/tmp/script <<'END'\nset -euo pipefail\n${script}\nEND\n`);
  return await host.shell("su - deploy -c 'bash /tmp/script' 2>&1");
}

async function installDocker(host: SystemdHost): Promise<void> {
  await host.shell(`export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --no-install-recommends docker.io docker-cli docker-compose curl >/dev/null 2>&1
usermod --append --groups docker deploy
i=0; until docker version >/dev/null 2>&1; do i=$((i + 1)); [ $i -lt 60 ]; sleep 0.5; done`);
}

/** The images of {@linkcode greetImages}, by the names that the Compose file gives by default. */
async function loadImages(host: SystemdHost): Promise<void> {
  const file = new URL("examples/zero_downtime_deployment/compose.yaml", root);
  const names = (await Deno.readTextFile(file)).match(/(?<=image: .*:-)[^}]+/g)!;
  assert.equal(names.length, greetImages.length);
  const pipe = `docker save ${greetImages.join(" ")} | docker exec -i ${host.name} docker load`;
  const { code, stderr } = await run(["bash", "-o", "pipefail", "-c", pipe]);
  assert.equal(code, 0, stderr);
  await host.shell(greetImages.map((from, i) => `docker tag ${from} ${names[i]}`).join("\n"));
}

/** As of docs/installation.md, its first line, with the files that a release has. */
async function installKerek(host: SystemdHost): Promise<void> {
  const text = await Deno.readTextFile(new URL("docs/installation.md", root));
  const block = blocksOf(text).find(({ commands }) => commands.includes("$RELEASE/install"))!;
  const format = "{{.NetworkSettings.Gateway}}";
  const hostname = (await docker(["inspect", "--format", format, host.name])).trim();
  await using server = await serveRelease(hostname);
  await user(host, `RELEASE=${server.url}\n${block.commands.split("\n")[0]}`);
}

async function serveRelease(hostname: string) {
  const bytes = await Deno.readFile(compiledKerek());
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const name = `kerek-0.0.0-linux-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  const script = await Deno.readTextFile(new URL("scripts/install", root));
  const server = Deno.serve({ hostname, port: 0, onListen: () => {} }, (request): Response => {
    const file = new URL(request.url).pathname.split("/").at(-1);
    switch (file) {
      case "install":
        // As the workflow of releases does.
        return new Response(script.replace(/^releases=$/m, `releases=${releases}`));
      case "SHA256SUMS":
        return new Response(`${hash}  ${name}\n`);
      case name:
        return new Response(bytes);
      default:
        return new Response("no such file\n", { status: 404 });
    }
  });
  const releases = `http://${hostname}:${server.addr.port}/releases`;
  const close = () => server.shutdown();
  return { url: `${releases}/latest/download`, [Symbol.asyncDispose]: close };
}

async function copyExamples(host: SystemdHost): Promise<void> {
  const folder = fileURLToPath(root);
  const unpack = "mkdir ~deploy/kerek && tar -xC ~deploy/kerek && chown -R deploy: ~deploy/kerek";
  const pipe = `tar -cC ${folder} examples | docker exec -i ${host.name} bash -c '${unpack}'`;
  const { code, stderr } = await run(["bash", "-o", "pipefail", "-c", pipe]);
  assert.equal(code, 0, stderr);
}

/** The blocks of the quick start, but for how kerek gets there from a checkout by Deno. */
async function quickStart(): Promise<Block[]> {
  const text = await Deno.readTextFile(new URL("README.md", root));
  const [from, to] = ["\n## Quick start\n", "\n## Documentation\n"].map((x) => text.indexOf(x));
  const blocks = blocksOf(text).map((block) => ({
    ...block,
    commands: block.commands.replace(/^deno install .*\n/m, ""),
  }));
  const lineAt = (index: number) => text.slice(0, index).split("\n").length;
  const own = blocks.filter(({ line }) => line > lineAt(from) && line < lineAt(to));
  assert.equal(own.length, 3);
  return own;
}
