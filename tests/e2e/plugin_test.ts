/** kerek as a plugin of docker's command line, in a configuration folder of its own. */
import assert from "node:assert/strict";
import { kerekCommand } from "./harness/project.ts";
import { run } from "./harness/run.ts";
import { scenario } from "./harness/scenario.ts";
import { service } from "./harness/service.ts";

scenario("`docker deploy` deploys through a symbolic link", async (project) => {
  const config = `${project.folder}/docker`;
  const plugins = `${config}/cli-plugins`;
  await Deno.mkdir(plugins, { recursive: true });
  await linkCompose(plugins);
  const words = kerekCommand().map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(`${project.folder}/kerek`, `#!/bin/sh\nexec ${words} "$@"\n`, {
    mode: 0o755,
  });
  await Deno.symlink(`${project.folder}/kerek`, `${plugins}/docker-deploy`);
  const docker = (args: string[], version: string) =>
    run(["docker", ...args], {
      cwd: project.folder,
      env: { DOCKER_CONFIG: config, COMPOSE_PROJECT_NAME: project.name, VERSION: version },
    });
  const versions = async () => (await project.containers()).map(({ version }) => version);

  await project.define({ services: { web: service({ replicas: 2 }) } });
  const first = await docker(["deploy"], "A");
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(await versions(), ["A", "A"]);

  const dry = await docker(["--context", "default", "deploy", "--dry-run"], "B");
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /^Would start web-3 /m);
  assert.deepEqual(await versions(), ["A", "A"]);

  const second = await docker(["--context", "default", "deploy", "web"], "B");
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(await versions(), ["B", "B"]);

  const wrong = await docker(["deploy", "wen"], "B");
  assert.equal(wrong.code, 3);
  assert.match(wrong.stderr, /Did you mean web\?/);
});

/** Docker would not look for it in the folder that DOCKER_CONFIG named before. */
async function linkCompose(plugins: string): Promise<void> {
  const folder = Deno.env.get("DOCKER_CONFIG");
  if (folder === undefined) return;
  const compose = `${folder}/cli-plugins/docker-compose`;
  try {
    await Deno.symlink(await Deno.realPath(compose), `${plugins}/docker-compose`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
