import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };

const cli = new URL("../../cli.ts", import.meta.url).href;

function kerek(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", cli, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(command: Deno.Command) {
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the process prints and exits as the command line says", async () => {
  const [version, usage] = await Promise.all([run(kerek("--version")), run(kerek("deplyo"))]);
  assert.deepEqual(version, { code: 0, stdout: `kerek ${config.version}\n`, stderr: "" });
  assert.equal(usage.code, 2);
  assert.equal(usage.stdout, "");
  assert.match(usage.stderr, /^Cannot .*\nhint: did you mean deploy\?/);
});

Deno.test("programs can ask for the versions", async () => {
  const { code, stdout } = await run(kerek("deploy", "--version", "--json"));
  const { os, arch } = Deno.build;
  const deno = Deno.version.deno;
  assert.deepEqual(
    [code, JSON.parse(stdout)],
    [0, { version: config.version, deno, os, arch, standalone: false }],
  );
});

Deno.test("docker's question for metadata is answered", async () => {
  const { code, stdout, stderr } = await run(kerek("docker-cli-plugin-metadata"));
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual(JSON.parse(stdout), {
    SchemaVersion: "0.1.0",
    Vendor: "kerek",
    Version: config.version,
    ShortDescription: "Deploy Compose projects with zero downtime",
  });
});

Deno.test("a reader that goes away early is no error", async () => {
  const child = kerek("--help").spawn();
  await child.stdout.cancel();
  assert.equal(await new Response(child.stderr).text(), "");
  assert.equal((await child.status).code, 0);
});
