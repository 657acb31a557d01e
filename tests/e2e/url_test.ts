/** Acceptance: kerek runs from a URL, and with no more permissions than it needs. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Project } from "./harness/project.ts";
import { run } from "./harness/run.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const checkout = new URL("../../", import.meta.url);

/** Serves the checkout on this machine while `act` runs. */
async function served(act: (url: string) => Promise<void>): Promise<void> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  await using server = Deno.serve(options, async ({ url }) => {
    const path = fileURLToPath(new URL(`.${new URL(url).pathname}`, checkout));
    const text = await Deno.readTextFile(path).catch(() => undefined);
    if (text === undefined) return new Response("no such file\n", { status: 404 });
    const type = path.endsWith(".ts") ? "application/typescript" : "text/plain";
    return new Response(text, { headers: { "content-type": type } });
  });
  await act(`http://127.0.0.1:${server.addr.port}`);
}

/** Deno with a cache of its own, but for packages from npm, as tests need no network. */
async function denoRun(project: Project, permissions: string[], cli: string) {
  const cache = `${project.folder}/.deno`;
  const { stdout } = await run([Deno.execPath(), "info", "--json"]);
  await Deno.mkdir(cache);
  await Deno.symlink(JSON.parse(stdout).npmCache, `${cache}/npm`);
  return ["env", `DENO_DIR=${cache}`, Deno.execPath(), "run", "--no-prompt", ...permissions, cli];
}

const hooks = `import { defineHooks, type SwapContext } from "kerek";
import { say } from "./say.ts";
export default defineHooks({ healthGate: (ctx: SwapContext): void => ctx.log(say(ctx.new.name)) });
`;

async function deployTwice(project: Project): Promise<void> {
  await project.write("say.ts", "export const say = (name: string): string => `passed ${name}`;\n");
  await project.write("hooks.ts", hooks);
  await project.define({ "x-kerek": { hooks: "hooks.ts" }, services: { web: service() } });
  for (const [VERSION, number] of [["A", 1], ["B", 2]] as const) {
    const { stderr } = await project.deploy(["--wait"], { env: { VERSION } });
    assert.match(stderr, new RegExp(`hooks\\.ts: passed ${project.name}-web-${number}$`, "m"));
    const now = (await project.containers()).map(({ version, health }) => [version, health]);
    assert.deepEqual(now, [[VERSION, "healthy"]]);
  }
}

scenario("kerek runs from a URL, in any folder, with a hook", async (project) => {
  await served(async (url) => {
    project.command = await denoRun(project, ["--allow-all"], `${url}/cli.ts`);
    await deployTwice(project);
  });
});

/** As docs/installation.md has them, with the place that kerek comes from. */
const least = (url: string) => [
  "--allow-run=docker",
  "--allow-read",
  "--allow-env",
  "--allow-sys=hostname",
  `--allow-import=${new URL(url).host}`,
];

scenario("kerek needs no more permissions than its docs say", async (project) => {
  await served(async (url) => {
    project.command = await denoRun(project, least(url), `${url}/cli.ts`);
    await project.define({ services: { web: service() } });
    await project.deploy(["--wait"]);
    await project.deploy(["--wait"], { env: { VERSION: "B" } });
    const now = (await project.containers()).map(({ version, health }) => [version, health]);
    assert.deepEqual(now, [["B", "healthy"]]);
  });
});

scenario("hooks need a place to write to and what they do themselves", async (project) => {
  await served(async (url) => {
    const permissions = [...least(url), "--allow-write"];
    project.command = await denoRun(project, permissions, `${url}/cli.ts`);
    await deployTwice(project);
  });
});
