/**
 * Acceptance: whatever a hook does wrong with the second of three replicas, with each
 * `failure_action`, by Deno and compiled. `deno task test:hooks` runs it.
 */
import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { compiledKerek, whyNotCompiled } from "./harness/compiled.ts";
import type { Container, Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

/** What the gate does, and what is said of it. */
const wrongs: Record<string, [code: string, said: RegExp]> = {
  refuses: ["return 'not good';", /is refused: healthGate of \S+: not good$/m],
  throws: [
    "throw new Error('oh');",
    /is refused: healthGate of \S+: oh \(\/\S+\/hooks\.ts:\d+:\d+\)$/m,
  ],
  hangs: ["await new Promise(() => {});", /is refused: healthGate of \S+: it took more than 1 s$/m],
  spins: ["while (true) {}", /is refused: healthGate of \S+: it took more than 1 s$/m],
  exits: [
    "Deno.exit(0);",
    /is refused: healthGate of \S+: it called Deno\.exit\(\) or close\(\)$/m,
  ],
  "leaves a rejection": [
    "Promise.reject(new Error('astray')); await new Promise(() => {});",
    /is refused: healthGate of \S+: astray \(/,
  ],
};

/** Of which version the replicas are afterwards; A is the old one. */
const versionsAfter = {
  pause: ["A", "A", "B"],
  continue: ["A", "B", "B"],
  rollback: ["A", "A", "A"],
};

const gate = (code: string): string =>
  `export default {
  async healthGate(ctx) {
    if (!ctx.step.id.startsWith("web/swap-2/")) return;
    ${code}
  },
};
`;

for (const command of ["run by Deno", "compiled"] as const) {
  const isCompiled = command === "compiled";
  const unless = Deno.env.get("KEREK_HOOKS") !== "all"
    ? "`deno task test:hooks` runs it"
    : isCompiled
    ? whyNotCompiled
    : undefined;
  for (const action of ["pause", "continue", "rollback"] as const) {
    scenario(`${command}: a hook that does wrong, failure_action ${action}`, async (project, t) => {
      if (isCompiled) project.command = [compiledKerek()];
      await Deno.mkdir(`${project.folder}/tmp`);
      for (const [what, [code, said]] of Object.entries(wrongs)) {
        await t.step(what, async () => {
          const before = await define(project, action, gate(code));
          const result = await deployed(project);
          assert.equal(result.code, ExitCode.restored, result.stderr);
          assert.match(result.stderr, said);
          assert.deepEqual(await versions(project), versionsAfter[action]);
          if (action === "rollback") assert.deepEqual(await project.containers(), before);
        });
      }
      await t.step("logs 100 MB", async () => {
        await define(project, action, gate("ctx.log('x'.repeat(100_000_000));"));
        const { code, stderr } = await deployed(project);
        assert.equal(code, 0);
        assert.ok(stderr.length < 100_000, `${stderr.length} characters`);
        assert.deepEqual(await versions(project), ["B", "B", "B"]);
      });
    }, { unless });
  }
}

/** Three replicas of version A, whose updates the hook accompanies. */
async function define(project: Project, action: string, hooks: string): Promise<Container[]> {
  const web = service({ replicas: 3 });
  const { deploy } = web as { deploy: { update_config: Record<string, unknown> } };
  deploy.update_config.failure_action = action;
  await project.define({ services: { web } });
  await project.deploy();
  await project.write("hooks.ts", hooks);
  const module = { module: "hooks.ts", timeout: "1s" };
  await project.define({ "x-kerek": { hooks: module }, services: { web } });
  return await project.containers();
}

/** Deploys version B. What hooks are copied to is gone afterwards, so kerek ended in order. */
async function deployed(project: Project) {
  const tmp = `${project.folder}/tmp`;
  const result = await project.kerek(["deploy"], { env: { VERSION: "B", TMPDIR: tmp } });
  assert.deepEqual([...Deno.readDirSync(tmp)].map(({ name }) => name), []);
  return result;
}

/** In order; all replicas have to serve. */
async function versions(project: Project): Promise<string[]> {
  const containers = await project.containers();
  assert.deepEqual(containers.map(({ health }) => health), Array(3).fill("healthy"));
  return containers.map(({ version }) => version!).sort();
}
