/**
 * Images between all pairs of the engines at hand: the default one, Podman, and those that
 * KEREK_ENGINES names (`name=unix:///path …`; `scripts/engines` starts some).
 */
import assert from "node:assert/strict";
import { TestImages } from "./harness/images.ts";
import { startPodman, whyNoPodman } from "./harness/podman_engine.ts";
import { docker, kerekCommand } from "./harness/project.ts";
import { run } from "./harness/run.ts";

interface Engine {
  name: string;
  host: string;
}

const others: Engine[] = (Deno.env.get("KEREK_ENGINES") ?? "").split(/\s+/).flatMap((word) => {
  const [, name, host] = /^([^=]+)=(.+)$/.exec(word) ?? [];
  return name ? [{ name, host }] : [];
});
const noPodman = await whyNoPodman();
const reason = others.length === 0 ? noPodman : undefined;

Deno.test({
  name: "images travel between engines of all kinds" + (reason ? ` (left out: ${reason})` : ""),
  ignore: reason !== undefined,
  fn: async (t) => {
    const images = await TestImages.make();
    const names = ["app:1", "app:2", "packed:1", "packed:2"].map((name) => images.name(name));
    const [first, second, packed, upon] = names;
    const podman = noPodman ? undefined : await startPodman();
    const format = "{{.Endpoints.docker.Host}}";
    const engines: Engine[] = [
      { name: "docker", host: (await docker(["context", "inspect", "--format", format])).trim() },
      ...podman ? [{ name: "podman", host: podman.host }] : [],
      ...others,
    ];
    try {
      for (const name of [first, second]) await images.commit(name, name);
      const archives = await Promise.all([first, second].map(async (name, i) => {
        const archive = `${images.folder}/${i}.tar`;
        await docker(["save", "--output", archive, name]);
        return archive;
      }));
      const clear = async ({ host }: Engine) => {
        for (const name of names) await run(["docker", "--host", host, "rmi", "--force", name]);
      };
      for (const from of engines) {
        for (const archive of archives) await on(from, ["load", "--quiet", "--input", archive]);
        for (const to of engines.filter((engine) => engine !== from)) {
          await t.step(`from ${from.name} to ${to.name}`, async () => {
            await clear(to);
            await transfers(from, to, [first, second], images.folder);
          });
          await clear(to);
        }
        await clear(from);
      }
      const [here] = engines;
      for (const engine of others.filter(({ name }) => name.endsWith("-containerd"))) {
        await t.step(`to ${engine.name}, upon a layer that it has packed itself`, async () => {
          await on(engine, ["load", "--quiet", "--input", archives[0]]);
          const id = (await on(engine, ["create", first, "true"])).trim();
          await on(engine, ["cp", `${images.folder}/payload`, `${id}:/own`]);
          await on(engine, ["commit", id, packed]);
          await on(engine, ["rm", id]);
          await transfer(engine, here, packed);
          await images.commit(upon, "3", { base: packed });
          // It is there unpacked, and packed in another form only, which the engine does not say.
          assert.match(await transfer(here, engine, upon), /\nCopying .* with all its layers: /);
          await proves(engine, upon, images.folder);
        });
        await clear(engine);
        await clear(here);
      }
    } finally {
      for (const engine of others) {
        for (const name of names) await run(["docker", "--host", engine.host, "rmi", name]);
      }
      await podman?.remove();
      await images.remove();
    }
  },
});

async function transfers(from: Engine, to: Engine, [first, second]: string[], folder: string) {
  await transfer(from, to, first);
  const said = await transfer(from, to, second);
  assert.match(said, /1 of its 2 layers is there\n/);
  // Another image of the containerd store may have brought the layer in another form.
  if (!said.includes("with all its layers")) assert.match(said, /\nCopied 1 image: 1\d\d kB/);
  assert.match(await transfer(from, to, first, second), /\nNothing to do: /);
  const layers = ["image", "inspect", "--format", "{{json .RootFS.Layers}}", second];
  assert.equal(await on(to, layers), await on(from, layers));
  await proves(to, second, folder);
}

/** Transfers images, which must do well; returns what was said. */
async function transfer(from: Engine, to: Engine, ...names: string[]): Promise<string> {
  const argv = [...kerekCommand(), "--host", to.host, "transfer-images", ...names];
  const { code, stderr } = await run(argv, { env: { DOCKER_HOST: from.host } });
  assert.equal(code, 0, stderr);
  return stderr;
}

/** Sees that an image runs and can be given away, and that there is nothing else. */
async function proves(engine: Engine, name: string, folder: string): Promise<void> {
  const archive = `${folder}/saved.tar`;
  await on(engine, ["save", "--output", archive, name]);
  assert.ok((await Deno.stat(archive)).size > 2_000_000);
  const command = ["sh", "-c", "wc -c </payload"];
  const printed = await on(engine, ["run", "--rm", "--network", "none", name, ...command]);
  assert.equal(printed, "100000\n");
  const left = await on(engine, ["image", "ls", "--all", "--format", "{{.Repository}}"]);
  assert.doesNotMatch(left, /kerek\.invalid/);
  // Podman's own long form of such a name is no name to others.
  if (engine.name !== "podman") assert.doesNotMatch(left, /localhost\/kerek-images/);
}

/** Runs `docker` with an engine, which must do well. */
async function on({ host }: Engine, args: string[]): Promise<string> {
  return await docker(["--host", host, ...args]);
}
