/**
 * The commands of README.md and docs/ do what they are there for: all blocks of a document are run
 * in order, in one shell, unless a comment ahead of a block says why not:
 *
 *     <!-- not run: why, and what runs it instead -->
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Block, blocksOf, checked } from "./harness/doc_blocks.ts";
import { greetImages } from "./harness/greet.ts";
import { type LocalSshd, sshName, startSshd, whyNoSshd } from "./harness/local_sshd.ts";
import { freePort } from "./harness/ports.ts";
import { kerekCommand, type Project } from "./harness/project.ts";
import { run } from "./harness/run.ts";
import { busybox, scenario } from "./harness/scenario.ts";

const root = new URL("../../", import.meta.url);

/** How the commands of a document are run. */
interface Setting {
  /** Where: in a copy of the example, or of the checkout, in which kerek is yet to be installed. */
  folder?: "example" | "checkout";
  /** What the reader is to have done before. */
  before?: string[];
  /** What stands for something of the reader's, and for what here. */
  placeholders?: [text: string, here: (project: Project) => string][];
  /** Whether what is shown besides commands is what they print, but for `…`. */
  isExact?: boolean;
  /** Blocks of a document that is made from the code, by their beginning, and why they are not run. */
  notRun?: [beginning: string, reason: string][];
}

const there = () => sshName;

const settings: Record<string, Setting> = {
  "README.md": { folder: "checkout", placeholders: [["deploy@host.example", there]] },
  "docs/ci.md": { placeholders: [["deploy@host.example", there]] },
  "docs/configuration.md": { placeholders: [["web", () => "greet"]], isExact: true },
  "docs/history.md": {
    before: ["kerek deploy", "GREET_VERSION=B kerek deploy"],
    placeholders: [["shop", ({ name }) => name]],
  },
  "docs/reference.md": {
    before: [
      "mkdir -p ~/.local/share/bash-completion/completions ~/.local/share/man/man1",
      "mkdir -p ~/.zfunc ~/.config/fish/completions",
      // Contexts go to a configuration of its own, with the plugins of the one that is given.
      'mkdir ~/own && cp -r "${DOCKER_CONFIG:-/dev/null}"/cli-plugins ~/own 2>/dev/null || true',
      "export DOCKER_CONFIG=~/own",
      "docker context create from",
      `docker context create to --docker host=ssh://${sshName}`,
    ],
    placeholders: [
      ["ssh://192.0.2.1", () => `ssh://${sshName}`],
      ["ssh://from", () => `ssh://${sshName}`],
      ["ssh://to", () => `ssh://${sshName}`],
      ["my-img", () => busybox],
    ],
    notRun: [
      ["kerek tunnel-ssh my-ssh-host", "it is for Podman's client; tests/e2e/tunnel_test.ts"],
    ],
  },
};

const documents: [path: string, blocks: Block[]][] = [];
for (const path of ["README.md", ...await markdownOf("docs")]) {
  const text = await Deno.readTextFile(new URL(path, root));
  documents.push([path, blocksOf(text, settings[path]?.notRun)]);
}

async function markdownOf(folder: string): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(new URL(folder, root)))).map((x) => x.name);
  return names.filter((name) => name.endsWith(".md")).sort().map((name) => `${folder}/${name}`);
}

Deno.test("blocks of commands are found, and what runs the others is there", async () => {
  const all = documents.flatMap(([path, blocks]) => blocks.map((block) => ({ path, ...block })));
  assert.ok(all.filter(({ reason }) => reason === undefined).length >= 12);
  for (const { path, line, reason = "" } of all) {
    for (const [test] of reason.matchAll(/tests\/[\w/]+\.ts/g)) {
      await assert.doesNotReject(Deno.stat(new URL(test, root)), `${path}:${line}: ${test}`);
    }
  }
});

const unless = await whyNot();

async function whyNot(): Promise<string | undefined> {
  const sshd = await whyNoSshd();
  if (sshd) return `no SSH server can be started: ${sshd}`;
  const script = "for x in bash curl jq man xz zstd; do command -v $x >/dev/null || echo $x; done";
  const missing = (await run(["sh", "-c", script])).stdout.trim().split("\n").join(", ");
  return missing ? `${missing} missing` : undefined;
}

for (const [path, blocks] of documents) {
  const own = blocks.filter(({ reason }) => reason === undefined);
  if (own.length === 0) continue;
  scenario(`the commands of ${path} can be run as they stand there`, async (project) => {
    const sshd = await startSshd();
    try {
      await runAll(path, own, project, sshd);
    } finally {
      await sshd.remove();
    }
  }, { images: [...greetImages, busybox], unless });
}

async function runAll(path: string, blocks: Block[], project: Project, sshd: LocalSshd) {
  const { folder = "example", before = [], placeholders = [], isExact } = settings[path] ?? {};
  const port = freePort();
  const replaced = (text: string) =>
    [["localhost:8080", () => `localhost:${port}`] as const, ...placeholders]
      .reduce((text, [from, to]) => text.replaceAll(from, to(project)), text);
  const script = [
    "set -euo pipefail",
    ...before,
    ...blocks.map(({ line, commands }) =>
      `echo '--- ${path}:${line}' >&2\n${checked(replaced(commands))}`
    ),
  ].join("\n");
  const home = `${project.folder}/home`;
  await Deno.mkdir(`${project.folder}/bin`);
  const options = {
    cwd: await (folder === "example" ? copyExample : copyCheckout)(project),
    env: {
      ...sshd.env,
      PATH: `${project.folder}/bin:${home}/.deno/bin:${sshd.env.PATH}`,
      HOME: home,
      DENO_DIR: JSON.parse((await run([Deno.execPath(), "info", "--json"])).stdout).denoDir,
      COMPOSE_PROJECT_NAME: project.name,
      GREET_IMAGE: greetImages[0],
      PROXY_IMAGE: greetImages[1],
      HTTP_PORT: String(port),
      MANPAGER: "cat",
    },
  };
  const { code, stdout, stderr } = await run(["bash", "-c", script], options);
  assert.equal(code, 0, `${script}\n\n${stdout}\n${stderr}`);
  const missing = isExact
    ? blocks.flatMap(({ printed }) => printed).map(replaced)
      .filter((line) => !stdout.split("\n").includes(line))
    : [];
  assert.deepEqual(missing, [], stdout);
}

async function copyExample({ folder }: Project): Promise<string> {
  await Deno.writeTextFile(
    `${folder}/bin/kerek`,
    `#!/bin/sh\nexec ${kerekCommand().join(" ")} "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const example = fileURLToPath(new URL("examples/zero_downtime_deployment", root));
  await run(["cp", "-r", example, `${folder}/example`]);
  return `${folder}/example`;
}

/** What is not changed is linked, not copied. */
async function copyCheckout({ folder }: Project): Promise<string> {
  const checkout = `${folder}/checkout`;
  await Deno.mkdir(checkout);
  await Deno.symlink(Deno.execPath(), `${folder}/bin/deno`);
  for (const name of ["cli.ts", "mod.ts", "deno.json", "deno.lock", "hooks", "lib"]) {
    await Deno.symlink(fileURLToPath(new URL(name, root)), `${checkout}/${name}`);
  }
  await run(["cp", "-r", fileURLToPath(new URL("examples", root)), checkout]);
  return checkout;
}
