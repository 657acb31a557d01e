/** Runs kerek as a plugin of the docker client that is installed; no engine is asked. */
import assert from "node:assert/strict";

const cli = new URL("../../cli.ts", import.meta.url).href;

Deno.test({
  name: "docker takes kerek for its plugin",
  ignore: !hasDocker(),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await installPlugins(folder);
      const docker = (...args: string[]) => run(folder, args);
      assert.match((await docker("--help")).stdout, /^ +deploy\* +Deploy Compose projects/m);
      for (const args of [["deploy", "--help"], ["help", "deploy"], ["--help", "deploy"]]) {
        const { code, stdout } = await docker(...args);
        assert.match(stdout, /^Usage: docker deploy \[options\] /, args.join(" "));
        assert.equal(code, 0);
      }
      assert.match((await docker("kerek", "deploy", "-h")).stdout, /^Usage: docker kerek deploy /);
      const { stdout } = await docker("__complete", "deploy", "--order", "sta");
      assert.equal(stdout, "start-first\n:4\n");
      const wrong = await docker("--context", "default", "-D", "deploy", "--dry-rum", "x");
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /^Cannot .*'--dry-rum'\nhint: did you mean --dry-run\?/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function hasDocker(): boolean {
  try {
    return new Deno.Command("docker", { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
}

async function installPlugins(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/cli-plugins`);
  for (const name of ["deploy", "kerek"]) {
    await Deno.writeTextFile(
      `${folder}/cli-plugins/docker-${name}`,
      `#!/bin/sh\nexec '${Deno.execPath()}' run --quiet --allow-all '${cli}' "$@"\n`,
      { mode: 0o755 },
    );
  }
}

async function run(folder: string, args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command("docker", {
    args,
    env: { DOCKER_CONFIG: folder },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
