/** Acceptance: what `--progress json` prints of real deploys is as the exported schema says. */
import assert from "node:assert/strict";
import { typesOf, validLines } from "./harness/event_lines.ts";
import type { Project } from "./harness/project.ts";
import { scenario } from "./harness/scenario.ts";
import { countedScript, patient, service } from "./harness/service.ts";

/** Of all other scenarios, `deno task test:events` shows the same. */
async function deployed(project: Project, code: number, args: string[] = [], version = "A") {
  const result = await project.kerek(["deploy", "--progress", "json", ...args], {
    env: { VERSION: version },
  });
  assert.equal(result.code, code, result.stdout + result.stderr);
  return { ...result, lines: validLines(result.stdout) };
}

const model = (script: string, others: Record<string, unknown> = {}) => ({
  services: { web: service({ replicas: 2, script }, { volumes: ["starts:/starts"], ...others }) },
  volumes: { starts: {} },
});

scenario("each line of JSON is as the schema says, whatever happens", async (project, t) => {
  const failsLate = countedScript("[ $VERSION-$n != B-2 ] || { echo last words; exit 3; }");
  await project.define(model(failsLate));
  await t.step("a dry run", async () => {
    const { lines } = await deployed(project, 0, ["--dry-run"]);
    assert.deepEqual(typesOf(lines), ["planned"]);
  });
  await t.step("a first deploy, with a hook that logs", async () => {
    await project.write(
      "hooks.ts",
      "export default { beforeDeploy: () => console.log('hello') };\n",
    );
    const { lines } = await deployed(project, 0, ["--hook", "hooks.ts"]);
    assert.equal(lines[0].type, "planned");
    assert.equal(lines.at(-1).outcome, "done");
    assert.ok(lines.some(({ type, text }) => type === "hook-log" && /hello/.test(text)));
  });
  await t.step("nothing to do", async () => {
    const { lines } = await deployed(project, 0);
    assert.deepEqual(typesOf(lines), ["planned", "finished"]);
  });
  await t.step("a failure and its rollback", async () => {
    const { lines } = await deployed(project, 4, ["--on-failure", "rollback"], "B");
    const failed = lines.find(({ type }) => type === "step-failed");
    assert.deepEqual(failed.lastLines, ["last words"]);
    assert.ok(lines.some(({ type }) => type === "recovering"));
    assert.equal(lines.at(-1).services[0].kind, "rolled-back");
  });
  await t.step("a rollback", async () => {
    const { code, stdout, stderr } = await project.kerek(["rollback", "--progress", "json"]);
    assert.equal(code, 0, stderr);
    const [back] = validLines(stdout).filter(({ type }) => type === "history");
    assert.deepEqual([back.state, back.entry], ["going-back", 1]);
  });
  await t.step("an interruption", async () => {
    await project.define(model("trap 'exit 0' TERM; sleep 99 & wait", { healthcheck: patient }));
    const running = project.startKerek(["deploy", "--progress", "json"], { env: { VERSION: "C" } });
    await running.shows(/"step-started".*"action":"ready"/);
    running.pressCtrlC();
    const lines = validLines((await running.result).stdout);
    assert.ok(lines.some(({ type }) => type === "interrupted"));
    assert.equal(lines.at(-1).outcome, "interrupted");
  });
  await t.step("what cannot begin", async () => {
    await project.write("compose.yaml", "services: [\n");
    const { lines, stderr } = await deployed(project, 3);
    assert.deepEqual(typesOf(lines), ["error"]);
    assert.match(lines[0].message, /^Cannot read the Compose files: /);
    assert.ok(stderr.startsWith(lines[0].message), stderr);
  });
});
