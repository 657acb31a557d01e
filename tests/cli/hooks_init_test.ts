/** `kerek hooks init` writes a module with types, and never over another file; what types refuse. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { FakeIo } from "../../lib/cli/fake_io.ts";
import { main } from "../../lib/cli/main.ts";
import { ExitCode } from "../../lib/errors.ts";

Deno.test("kerek hooks init writes a module that type checks, once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kerek-test-" });
  const file = `${folder}/my.ts`;
  try {
    const rehearsal = new FakeIo();
    assert.equal(await main(["hooks", "init", file, "--dry-run"], rehearsal), ExitCode.done);
    assert.equal(rehearsal.written.stdout, `Would write ${file}\n`);
    assert.equal(await main(["hooks", "init", file], new FakeIo()), ExitCode.done);
    const { success, said } = await typeCheck(file);
    assert.ok(success, said);

    const again = new FakeIo();
    await Deno.writeTextFile(file, "mine");
    assert.equal(await main(["hooks", "init", file], again), ExitCode.untouched);
    assert.match(again.written.stderr, /^Cannot write \/.*\/my\.ts: it is there already\nhint: /);
    assert.equal(await Deno.readTextFile(file), "mine");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a user's module gets wrong, and what TypeScript says of it. */
const wrong: [text: string, said: RegExp][] = [
  ["{ async preswap() {} }", /'preswap' does not exist in type/],
  ["{ preSwap: (ctx) => ctx.outcome }", /'outcome' does not exist on type 'NewReplicaContext/],
  ["{ healthGate: () => false }", /'boolean' is not assignable to type/],
  ["{ beforeStop: (ctx) => ctx.exec(ctx.new, ['x']) }", /'undefined' is not assignable/],
  ["{ afterDeploy: (ctx) => { ctx.$`x`.txt(); } }", /'txt' does not exist on type 'ShellCommand'/],
];

Deno.test("deno check refuses hooks of another signature, and knows why", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kerek-test-" });
  try {
    const files = wrong.map(([text], i) => {
      const file = `${folder}/${i}.ts`;
      const module = `import { defineHooks } from "kerek";\nexport default defineHooks(${text});\n`;
      Deno.writeTextFileSync(file, module);
      return file;
    });
    const { success, said } = await typeCheck(...files);
    assert.ok(!success);
    wrong.forEach(([text, pattern]) => assert.match(said, pattern, text));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the SDK depends on nothing, and explains every name", async () => {
  const sdk = fileURLToPath(new URL("../../lib/hooks/sdk.ts", import.meta.url));
  assert.doesNotMatch(await Deno.readTextFile(sdk), /^(import|export .* from) /m);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", sdk],
    stdout: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});

async function typeCheck(...files: string[]): Promise<{ success: boolean; said: string }> {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--config", config, ...files],
  }).output();
  return { success, said: new TextDecoder().decode(stderr) };
}
