/** `kerek hooks init` writes a module with types, and never over another file. */
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
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", config, file],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));

    const again = new FakeIo();
    await Deno.writeTextFile(file, "mine");
    assert.equal(await main(["hooks", "init", file], again), ExitCode.untouched);
    assert.match(again.written.stderr, /^Cannot write \/.*\/my\.ts: it is there already\nhint: /);
    assert.equal(await Deno.readTextFile(file), "mine");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
