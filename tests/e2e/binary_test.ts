/** Acceptance: the compiled program alone is enough, wherever and by whom it is run. */
import assert from "node:assert/strict";
import { version } from "../../lib/version.ts";
import { compiledKerek, whyNotCompiled } from "./harness/compiled.ts";
import type { Project } from "./harness/project.ts";
import { type Result, run } from "./harness/run.ts";
import { bareRun, whyNotBare } from "./harness/bare_run.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

const unless = whyNotCompiled ?? await whyNotBare();

/** A program in the project's folder that another user may read. */
async function installed(
  project: Project,
): Promise<(args: string[], env?: Env) => Promise<Result>> {
  const program = `${project.folder}/kerek`;
  await Deno.copyFile(compiledKerek(), program);
  await Deno.chmod(project.folder, 0o755);
  return async (args, env) => await run(await bareRun(project.folder, [program, ...args], env));
}

type Env = Record<string, string>;

scenario("the binary says what it is, without anything else", async (project) => {
  const kerek = await installed(project);
  const told = await kerek(["--version"]);
  assert.deepEqual(told, { code: 0, stdout: `kerek ${version}\n`, stderr: "" });
  const { stdout } = await kerek(["docker-cli-plugin-metadata"]);
  const { SchemaVersion, Version } = JSON.parse(stdout);
  assert.deepEqual([SchemaVersion, Version], ["0.1.0", version]);
}, { unless });

const hooks = `import { defineHooks, type SwapContext } from "kerek";
import { say } from "./say.ts";
export default defineHooks({
  healthGate: (ctx: SwapContext): void => ctx.log(say(ctx.new.name)),
});
`;

scenario(
  "the binary deploys with a TypeScript hook on the engine's socket alone",
  async (project) => {
    const kerek = await installed(project);
    await project.write(
      "say.ts",
      "export const say = (name: string): string => `passed ${name}`;\n",
    );
    await project.write("hooks.ts", hooks);
    await project.define({ "x-kerek": { hooks: "hooks.ts" }, services: { web: service() } });
    for (const [VERSION, number] of [["A", 1], ["B", 2]] as const) {
      const env = { COMPOSE_PROJECT_NAME: project.name, VERSION };
      const { code, stdout, stderr } = await kerek(["deploy", "--wait"], env);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stderr, new RegExp(`hooks\\.ts: passed ${project.name}-web-${number}$`, "m"));
      const now = (await project.containers()).map(({ version, health }) => [version, health]);
      assert.deepEqual(now, [[VERSION, "healthy"]]);
    }
  },
  { unless },
);
