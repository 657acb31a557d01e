import assert from "node:assert/strict";
import { typesOf, validLines } from "./harness/event_lines.ts";
import { TestImages } from "./harness/images.ts";
import { docker, kerekCommand } from "./harness/project.ts";
import { run, type RunOptions, start } from "./harness/run.ts";
import { noTerminal, Terminal } from "./harness/terminal.ts";
import { startSecondEngine, whyNoSecondEngine } from "./harness/second_engine.ts";

const reason = await whyNoSecondEngine();

Deno.test({
  name: "images travel to another engine" + (reason ? ` (left out: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: async (t) => {
    const images = await TestImages.make();
    const [app, other] = [images.name("app:latest"), images.name("other:1")];
    const there = await startSecondEngine();
    const command = (...args: string[]) => [
      ...kerekCommand(),
      ...["--host", there.host, "transfer-images", ...args],
    ];
    const transfer = (args: string[], options?: RunOptions) => run(command(...args), options);
    const idThere = async (name: string) =>
      (await there.docker(["image", "inspect", "--format", "{{.Id}}", name])).stdout.trim();
    const idHere = (name: string) => images.id(name);
    /** What is on the destination besides images by their own names. */
    const leftThere = async () => {
      const names = await there.docker(["image", "ls", "--all", "--format", "{{.Repository}}"]);
      const containers = await there.docker(["ps", "--all", "--format", "{{.Names}}"]);
      return [...names.stdout.split("\n"), ...containers.stdout.split("\n")]
        // An image that has lost its name to a newer one stays without, as with builds.
        .filter((name) => name !== "" && name !== "<none>" && !name.startsWith(images.space));
    };
    try {
      await images.commit(app, "A");
      await images.commit(other, "A");

      await t.step("nothing is copied by a dry run", async () => {
        const { code, stderr } = await transfer(["--dry-run", app]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^Would copy .*app:latest: it is not there\n$/);
        assert.equal(await idThere(app), "");
      });

      await t.step("what is not there is copied, shared layers once, and runs there", async () => {
        const { code, stderr } = await transfer([app, other]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^Copying .*app:latest: it is not there\n/);
        assert.match(
          stderr,
          /other:1: it is not there; 1 of its 2 layers comes with .*app:latest\n/,
        );
        assert.match(stderr, /\nCopied 2 images: [\d.]+ MB in [\d.]+ s, .*B\/s\.\n$/);
        for (const name of [app, other]) assert.equal(await idThere(name), await idHere(name));
        const command = ["sh", "-c", "echo $VERSION"];
        const ran = await there.docker(["run", "--rm", "--network", "none", app, ...command]);
        assert.equal(ran.stdout, "A\n", ran.stderr);
      });

      await t.step("programs are told by lines of JSON, and quietly it says nothing", async () => {
        const types = async (...args: string[]) => {
          const { code, stdout, stderr } = await transfer(["--progress", "json", ...args]);
          assert.deepEqual([code, stderr], [0, ""]);
          return typesOf(validLines(stdout)).join(" ");
        };
        assert.equal(
          await types("--force", app),
          "images-compared image-sending image-arrived images-copied",
        );
        assert.equal(await types("--force", "--dry-run", app), "images-compared");
        assert.equal(await types(app), "images-compared images-copied");
        const quiet = await transfer(["--progress", "quiet", "--force", app]);
        assert.deepEqual(quiet, { code: 0, stdout: "", stderr: "" });
        const inCi = await transfer([app], { env: { CI: "true" } });
        assert.match(inCi.stderr, /^(\d{4}-\d\d-\d\dT[\d:.]+Z \S.*\n)+$/);
        const failed = await transfer(["--progress", "json", images.name("missing:1")]);
        assert.deepEqual(validLines(failed.stdout).map(({ type }) => type), ["error"]);
      });

      if (!noTerminal) {
        await t.step(
          "at a terminal, it is shown live, and Ctrl-C leaves all as it was",
          async () => {
            const slow = await images.program("slow", "head -c 400000; sleep 30");
            const args = [
              "--host",
              there.host,
              "transfer-images",
              "--compress",
              slow,
              "--force",
              app,
            ];
            const place = { name: "kerek-e2e-none", folder: images.folder };
            const env = { NO_COLOR: "1", CI: "" };
            const terminal = await Terminal.kerek(args, place, { columns: 80, env });
            try {
              await terminal.shows(
                /^\S 0 of 1 copied +[\d.]+ [kM]?B in [\d.]+ s.*\n {4}\S+ .*[\d.]+ kB/m,
              );
              assert.equal(await terminal.hasCursor(), false);
              await terminal.press("C-c");
              const all = await terminal.shows(/\[exit 130\]/);
              assert.match(all, /^Interrupted: images that have not arrived stay as they are/m);
              assert.doesNotMatch(all, /of 1 copied/);
              assert.equal(await terminal.hasCursor(), true);
            } finally {
              await terminal.close();
            }
          },
        );
      }

      await t.step("what is there is left", async () => {
        const { code, stderr } = await transfer(["-"], { stdin: `${app}\n\n${other}\n` });
        assert.equal(code, 0, stderr);
        assert.match(stderr, /Leaving .*app.*\nLeaving .*other.*\nNothing to do: all images/);
      });

      await t.step("another image by the same name is replaced, by what is missing", async () => {
        await images.commit(app, "B");
        const { code, stderr } = await transfer([app, other]);
        assert.equal(code, 0, stderr);
        assert.match(
          stderr,
          /^Copying .*: another image has that name there: \w+ → \w+; 1 of its 2 layers is there\n/,
        );
        assert.match(stderr, /^Leaving .*other:1: it is there already\n/m);
        // The layer on top has 100 kB, the one beneath it 2 MB.
        assert.match(stderr, /\nCopied 1 image: 1\d\d kB in /);
        assert.equal(await idThere(app), await idHere(app));
        assert.deepEqual(await leftThere(), []);
        const saved = `${images.folder}/saved.tar`;
        await there.docker(["save", "--output", saved, app]);
        assert.ok((await Deno.stat(saved)).size > 2_000_000);
      });

      await t.step("if the name is enough, it is left", async () => {
        await images.commit(app, "C");
        const { code, stderr } = await transfer(["--by-name", app]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^Leaving .*: the name is there, for another image: \w+ → \w+\n/);
      });

      await t.step("an image that is there by another name only gets one more", async () => {
        const twin = images.name("twin:1");
        await docker(["tag", other, twin]);
        const { code, stderr } = await transfer([twin]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^Copying .*: it is there by another name\nCopied 1 image: 0 B in /);
        assert.equal(await idThere(twin), await idHere(twin));
      });

      await t.step("all are copied wholly if that is asked for, also compressed", async () => {
        const { code, stderr } = await transfer(["--force", "--compress", "gzip -1", other]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^Copying .*: asked by --force\nCopied 1 image: 1\.\d\d MB/);
      });

      await t.step("a compressed stream may be of some layers", async () => {
        const { code, stderr } = await transfer(["--compress", "gzip -1", app]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /1 of its 2 layers is there\nCopied 1 image: 1\d\d kB/);
        assert.equal(await idThere(app), await idHere(app));
      });

      await t.step("by its id, an image travels without a name, and is known again", async () => {
        const unnamed = images.name("unnamed:1");
        await images.commit(unnamed, "U");
        const id = (await idHere(unnamed)).replace("sha256:", "");
        const first = await transfer([id]);
        assert.equal(first.code, 0, first.stderr);
        assert.equal(await idThere(id), `sha256:${id}`);
        assert.match((await transfer([id.slice(0, 12)])).stderr, /\nNothing to do: /);
      });

      await t.step("layers that vanish while others come are sent after all", async () => {
        await images.commit(app, "D");
        const client = await images.program(
          "docker-that-prunes",
          `case " $* " in *" load "*)
            if mkdir ${images.folder}/pruned 2>/dev/null; then
              docker --host ${there.host} rm --force $(docker --host ${there.host} ps -aq)
              docker --host ${there.host} image prune --all --force
            fi >/dev/null ;;
          esac
          exec docker "$@"`,
        );
        const { code, stderr } = await transfer([app], { env: { CONTAINER_ENGINE: client } });
        assert.equal(code, 0, stderr);
        assert.match(stderr, /\nCopying .*app:latest with all its layers: Cannot load .*\n/);
        assert.equal(await idThere(app), await idHere(app));
        assert.deepEqual(await leftThere(), []);
      });

      await t.step("a stream that is cut off leaves what was there", async () => {
        const before = await idThere(app);
        await images.commit(app, "E");
        for (const force of [[], ["--force"]]) {
          const cut = await transfer([...force, "--compress", "head -c 50000", app]);
          assert.equal(cut.code, 3, cut.stderr);
          assert.match(cut.stderr, /^Cannot load .* on the destination host: /m);
          assert.equal(await idThere(app), before);
          assert.deepEqual(await leftThere(), []);
        }
      });

      const stalling = await images.program(
        "stalling",
        `head -c 50000; touch ${images.folder}/stalled; exec sleep 60`,
      );
      for (const signal of ["SIGINT", "SIGKILL"] as const) {
        await t.step(`so does ${signal}, and the next run gets it there`, async () => {
          const before = await idThere(app);
          const running = start(command("--compress", stalling, app));
          await running.shows(/Copying/);
          while (!await exists(`${images.folder}/stalled`)) await sleep(20);
          await Deno.remove(`${images.folder}/stalled`);
          if (signal === "SIGINT") running.pressCtrlC();
          else Deno.kill(-running.pid, signal);
          const { code, stderr } = await running.result.catch(() => ({ code: 137, stderr: "" }));
          assert.equal(code, signal === "SIGINT" ? 130 : 137, stderr);
          if (signal === "SIGINT") {
            assert.match(stderr, /\nInterrupted: images that have not arrived stay as they are/);
            assert.deepEqual(await leftThere(), []);
          }
          assert.equal(await idThere(app), before);
          const again = await transfer([app]);
          assert.equal(again.code, 0, again.stderr);
          assert.equal(await idThere(app), await idHere(app));
          assert.deepEqual(await leftThere(), []);
          await images.commit(app, signal);
        });
      }

      await t.step("an image that is not here is named, and none is copied", async () => {
        const before = await idThere(app);
        const { code, stderr } = await transfer([app, images.name("missing:1")]);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^Cannot transfer \S+\/missing:1: not on the source host\n/);
        assert.equal(await idThere(app), before);
      });

      await t.step("a compressor that is not there is named", async () => {
        const { code, stderr } = await transfer(["--compress", "no-such-program", app]);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^Cannot run no-such-program: /m);
        assert.deepEqual(await leftThere(), []);
      });

      await t.step("source and destination may be given the other way round", async () => {
        const back = images.name("back:1");
        await there.docker(["tag", app, back]);
        const format = "{{.Endpoints.docker.Host}}";
        const here = (await docker(["context", "inspect", "--format", format])).trim();
        const { code, stderr } = await run(
          [...kerekCommand(), "--host", here, "transfer-images", back],
          { env: { DOCKER_HOST: there.host } },
        );
        assert.equal(code, 0, stderr);
        assert.equal(await idHere(back), await idThere(app));
      });
    } finally {
      await there.remove();
      await images.remove();
    }
  },
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);
