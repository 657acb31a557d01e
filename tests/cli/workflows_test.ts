/**
 * The workflows never ran at GitHub. What of them runs anywhere is run here, and what they name is
 * there.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseYaml } from "../../lib/deps/yaml.ts";
import { version } from "../../lib/version.ts";

const root = new URL("../../", import.meta.url);

interface Step {
  name?: string;
  run?: string;
  uses?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}

const read = (path: string) => Deno.readTextFileSync(new URL(path, root));

/** The steps of all jobs of a workflow. */
function stepsOf(text: string): Step[] {
  const { jobs } = parseYaml(text) as { jobs: Record<string, { steps?: Step[] }> };
  return Object.values(jobs).flatMap(({ steps }) => steps ?? []);
}

const [ci, release] = ["ci", "release"].map((x) => stepsOf(read(`.github/workflows/${x}.yml`)));
const [recipe] = [...read("docs/ci.md").matchAll(/```yaml\n(# \.github[^]*?)```/g)].map((x) =>
  x[1]
);

/** The script of the step of this name. */
function scriptOf(steps: Step[], name: string): string {
  const script = steps.find((step) => step.name === name)?.run;
  assert.ok(script, name);
  return script;
}

/** Runs a script as GitHub's runners run it, in a folder of its own that has what `files` says. */
async function runStep(
  script: string,
  env: Record<string, string>,
  files: string[] = [],
): Promise<{ code: number; folder: string; stderr: string }> {
  const folder = await Deno.makeTempDir({ prefix: "kerek-workflow-" });
  for (const file of files) {
    await Deno.symlink(fileURLToPath(new URL(file, root)), `${folder}/${file}`);
  }
  await Deno.mkdir(`${folder}/dist`);
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
    cwd: folder,
    env: { HOME: folder, GITHUB_PATH: `${folder}/path`, ...env },
  }).output();
  return { code, folder, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("files and tasks that workflows name are there, and Deno is the same in all", async () => {
  const { tasks } = JSON.parse(read("deno.json"));
  const versions = new Set<string>();
  for (const { run = "", with: given } of [...ci, ...release]) {
    for (const [path] of run.matchAll(/(?<![\w/.$])(\.ci|scripts|tests)\/[\w/.-]+/g)) {
      await assert.doesNotReject(Deno.stat(new URL(path, root)), path);
    }
    for (const [, task] of run.matchAll(/deno task ([\w:]+)/g)) assert.ok(tasks[task], task);
    if (given?.["deno-version"]) versions.add(given["deno-version"]);
  }
  assert.equal(versions.size, 1);
});

Deno.test("a release's tag must be that of the version", async () => {
  const script = scriptOf(release, "The tag is that of the version in deno.json");
  for (const [tag, isGood] of [[`v${version}`, true], ["v0.0.0", false]] as const) {
    const { code, folder, stderr } = await runStep(script, { GITHUB_REF_NAME: tag }, ["deno.json"]);
    assert.equal(code === 0, isGood, stderr);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the installer of a release knows where releases are", async () => {
  const { code, folder, stderr } = await runStep(
    scriptOf(release, "The installer knows where releases are"),
    { GITHUB_SERVER_URL: "https://example.com", GITHUB_REPOSITORY: "o/kerek" },
    ["scripts"],
  );
  assert.equal(code, 0, stderr);
  const text = await Deno.readTextFile(`${folder}/dist/install`);
  assert.match(text, /^releases=https:\/\/example\.com\/o\/kerek\/releases$/m);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the recipe's key for SSH is for its owner alone", async () => {
  const { code, folder, stderr } = await runStep(scriptOf(stepsOf(recipe), "SSH"), {
    DEPLOY_KEY: "key",
    DEPLOY_KNOWN_HOSTS: "host ssh-ed25519 x",
  });
  assert.equal(code, 0, stderr);
  assert.equal(await Deno.readTextFile(`${folder}/.ssh/id_ed25519`), "key\n");
  assert.equal((await Deno.stat(`${folder}/.ssh/id_ed25519`)).mode! & 0o777, 0o600);
  assert.equal(await Deno.readTextFile(`${folder}/.ssh/known_hosts`), "host ssh-ed25519 x\n");
  await Deno.remove(folder, { recursive: true });
});
