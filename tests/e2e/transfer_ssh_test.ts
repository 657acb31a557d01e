/** A large image to another machine's engine over SSH, with the bytes on the wire counted. */
import assert from "node:assert/strict";
import { TestImages } from "./harness/images.ts";
import { sshName, startSshd, whyNoSshd } from "./harness/local_sshd.ts";
import { kerekCommand } from "./harness/project.ts";
import { run } from "./harness/run.ts";
import { busybox } from "./harness/scenario.ts";
import { startSecondEngine, whyNoSecondEngine } from "./harness/second_engine.ts";
import { layWire } from "./harness/wire.ts";

const reason = await whyNoSecondEngine() ?? await whyNoSshd();

Deno.test({
  name: "a large image travels by SSH" + (reason ? ` (left out: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: async (t) => {
    const images = await TestImages.make();
    const [base, app] = [images.name("base:1"), images.name("app:latest")];
    const there = await startSecondEngine();
    const sshd = await startSshd(`SetEnv DOCKER_HOST=${there.host}\n`);
    const config = await Deno.readTextFile(sshd.config);
    const [, port] = config.match(/Port (\d+)/)!;
    const wire = layWire({ port: Number(port) });
    await Deno.writeTextFile(sshd.config, config.replace(port, String(wire.port)));
    const transfer = () => {
      const args = ["--host", `ssh://${sshName}`, "transfer-images", app];
      return run([...kerekCommand(), ...args], { env: sshd.env });
    };
    const idThere = async () =>
      (await there.docker(["image", "inspect", "--format", "{{.Id}}", app])).stdout.trim();
    const commit = (version: string) => images.commit(app, version, { base, size: 1_000_000 });
    const leftThere = async () => {
      const names = await there.docker(["image", "ls", "--all", "--format", "{{.Repository}}"]);
      return names.stdout.split("\n").filter((name) => /kerek\.invalid/.test(name));
    };
    try {
      await images.commit(base, "A", { base: busybox, size: 200_000_000 });
      await commit("A");

      await t.step("an image of 200 MB arrives", async () => {
        const { code, stderr } = await transfer();
        assert.equal(code, 0, stderr);
        assert.ok(wire.take() > 200_000_000);
        assert.equal(await idThere(), await images.id(app));
      });

      await t.step("after a change of 1 MB, less than 3 MB travel, and it is whole", async () => {
        await commit("B");
        const { code, stderr } = await transfer();
        assert.equal(code, 0, stderr);
        const bytes = wire.take();
        assert.ok(bytes > 1_000_000 && bytes < 3_000_000, `${bytes} bytes travelled`);
        assert.equal(await idThere(), await images.id(app));
        const command = ["sh", "-c", "echo $VERSION; wc -c </payload"];
        const ran = await there.docker(["run", "--rm", "--network", "none", app, ...command]);
        assert.equal(ran.stdout, "B\n1000000\n", ran.stderr);
        const file = `${images.folder}/saved.tar`;
        await there.docker(["save", "--output", file, app]);
        assert.ok((await Deno.stat(file)).size > 200_000_000);
        const listed = await run(["tar", "--list", "--file", file]);
        assert.equal(listed.stdout.match(/layer\.tar$/gm)?.length, 3, listed.stdout);
      });

      await t.step("a connection that is cut half-way leaves the old image", async () => {
        const before = await idThere();
        await commit("C");
        wire.cutAfter(500_000);
        const { code, stderr } = await transfer();
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^Cannot load .*app:latest on the destination host: /m);
        assert.doesNotMatch(stderr, /with all its layers/);
        assert.equal(await idThere(), before);
        assert.deepEqual(await leftThere(), []);
        assert.equal((await there.docker(["run", "--rm", "--network", "none", before])).code, 0);
      });

      await t.step("the next run gets it there, and leaves nothing else", async () => {
        wire.take();
        const { code, stderr } = await transfer();
        assert.equal(code, 0, stderr);
        assert.ok(wire.take() < 3_000_000);
        assert.equal(await idThere(), await images.id(app));
        assert.deepEqual(await leftThere(), []);
        assert.equal((await there.docker(["ps", "--all", "--quiet"])).stdout, "");
      });
    } finally {
      await wire.close();
      await sshd.remove();
      await there.remove();
      await images.remove();
    }
  },
});
