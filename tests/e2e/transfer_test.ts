import assert from "node:assert/strict";
import { docker, kerekCommand } from "./harness/project.ts";
import { run, type RunOptions } from "./harness/run.ts";
import { startSecondEngine, whyNoSecondEngine } from "./harness/second_engine.ts";

const reason = await whyNoSecondEngine();
const base = "kerek-test/busybox:1";

Deno.test({
  name: "images travel to another engine" + (reason ? ` (left out: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: async (t) => {
    const space = `kerek-transfer-${crypto.randomUUID().slice(0, 8)}`;
    const [app, other] = [`${space}/app:latest`, `${space}/other:1`];
    const there = await startSecondEngine();
    const transfer = (args: string[], options?: RunOptions) =>
      run([...kerekCommand(), "--host", there.host, "transfer-images", ...args], options);
    const idThere = async (name: string) =>
      (await there.docker(["image", "inspect", "--format", "{{.Id}}", name])).stdout.trim();
    const idHere = async (name: string) =>
      (await docker(["image", "inspect", "--format", "{{.Id}}", name])).trim();
    const make = async (name: string, version: string) => {
      const container = (await docker(["create", base, "true"])).trim();
      await docker(["commit", "--change", `ENV VERSION=${version}`, container, name]);
      await docker(["rm", container]);
    };
    try {
      await make(app, "A");
      await make(other, "A");

      await t.step("nothing is copied by a dry run", async () => {
        const { code, stderr } = await transfer(["--dry-run", app]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^Would copy .*app:latest: it is not there\n$/);
        assert.equal(await idThere(app), "");
      });

      await t.step("what is not there is copied, and runs there", async () => {
        const { code, stderr } = await transfer([app, other]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /\nCopied 2 images: [\d.]+ MB in [\d.]+ s, .*B\/s\.\n$/);
        assert.equal(await idThere(app), await idHere(app));
        assert.equal(await idThere(other), await idHere(other));
        const command = ["sh", "-c", "echo $VERSION"];
        const ran = await there.docker(["run", "--rm", "--network", "none", app, ...command]);
        assert.equal(ran.stdout, "A\n", ran.stderr);
      });

      await t.step("what is there is left", async () => {
        const { code, stderr } = await transfer(["-"], { stdin: `${app}\n\n${other}\n` });
        assert.equal(code, 0, stderr);
        assert.match(stderr, /Leaving .*app.*\nLeaving .*other.*\nNothing to do: all images/);
      });

      await t.step("another image by the same name is noticed and replaced", async () => {
        await make(app, "B");
        const { code, stderr } = await transfer(["--compress", "gzip -1", app, other]);
        assert.equal(code, 0, stderr);
        assert.match(
          stderr,
          /^Copying .*app:latest: another image has that name there: \w+ → \w+\n/,
        );
        assert.match(stderr, /^Leaving .*other:1: it is there already\n/m);
        assert.equal(await idThere(app), await idHere(app));
      });

      await t.step("all are copied if that is asked for", async () => {
        const { code, stderr } = await transfer(["--force", app]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^Copying .*: asked by --force\nCopied 1 image: /);
      });

      await t.step("a transfer that is cut off leaves what was there", async () => {
        const before = await idThere(app);
        await make(app, "C");
        const cut = await transfer(["--compress", "head -c 100000", app]);
        assert.equal(cut.code, 3, cut.stderr);
        assert.match(cut.stderr, /^Cannot /m);
        assert.equal(await idThere(app), before);
        const again = await transfer([app]);
        assert.equal(again.code, 0, again.stderr);
        assert.equal(await idThere(app), await idHere(app));
      });

      await t.step("an image that is not here is named, and none is copied", async () => {
        await make(app, "D");
        const before = await idThere(app);
        const { code, stderr } = await transfer([app, `${space}/missing:1`]);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^Cannot transfer \S+\/missing:1: not on the source host\n/);
        assert.equal(await idThere(app), before);
      });

      await t.step("a compressor that is not there is named", async () => {
        const { code, stderr } = await transfer(["--compress", "no-such-program", app]);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^Cannot run no-such-program: /m);
      });

      await t.step("source and destination may be given the other way round", async () => {
        const back = `${space}/back:1`;
        await there.docker(["tag", app, back]);
        const here =
          (await docker(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]))
            .trim();
        const { code, stderr } = await run(
          [...kerekCommand(), "--host", here, "transfer-images", back],
          { env: { DOCKER_HOST: there.host } },
        );
        assert.equal(code, 0, stderr);
        assert.equal(await idHere(back), await idThere(app));
        await docker(["rmi", back]);
      });
    } finally {
      await there.remove();
      const images = (await docker(["image", "ls", "--quiet", `${space}/*`])).split(/\s+/);
      const ids = [...new Set(images.filter((id) => id !== ""))];
      if (ids.length > 0) await docker(["rmi", "--force", ...ids]);
    }
  },
});
