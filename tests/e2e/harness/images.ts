import { docker } from "./project.ts";
import { run } from "./run.ts";
import { busybox } from "./scenario.ts";

/** Images of a test's own, and a folder beside them. */
export class TestImages {
  /** Also of those that have lost their name to a newer one. */
  private readonly ids: string[] = [];

  private constructor(
    /** What all of their names begin with. */
    readonly space: string,
    readonly folder: string,
  ) {}

  static async make(): Promise<TestImages> {
    const space = `kerek-images-${crypto.randomUUID().slice(0, 8)}`;
    return new TestImages(space, await Deno.makeTempDir({ prefix: `${space}-` }));
  }

  name(name: string): string {
    return `${this.space}/${name}`;
  }

  /** Makes an image with a new layer of 100 kB upon another image. */
  async commit(name: string, version: string, { base = busybox, size = 100_000 } = {}) {
    const container = (await docker(["create", base, "true"])).trim();
    await this.write("payload", size);
    await docker(["cp", `${this.folder}/payload`, `${container}:/payload`]);
    const commit = ["commit", "--change", `ENV VERSION=${version}`, container, name];
    this.ids.push((await docker(commit)).trim());
    await docker(["rm", container]);
  }

  /** Writes a file that cannot be compressed. */
  async write(name: string, size: number): Promise<void> {
    const script = 'head -c "$1" /dev/urandom >"$2"';
    await run(["sh", "-c", script, "sh", String(size), `${this.folder}/${name}`]);
  }

  /** Writes a program for the shell; returns its path. */
  async program(name: string, script: string): Promise<string> {
    const path = `${this.folder}/${name}`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  }

  async id(name: string): Promise<string> {
    return (await docker(["image", "inspect", "--format", "{{.Id}}", name])).trim();
  }

  async remove(): Promise<void> {
    const names = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", `${this.space}/*`];
    const tagged = (await docker(names)).split("\n").filter((name) => name !== "");
    // What an image is based on can only go after it.
    for (const image of [...tagged, ...this.ids.reverse()]) await removeImage(image);
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Locks of other tests' projects are made of whichever image is there, and soon go away. */
async function removeImage(image: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { stderr } = await run(["docker", "rmi", image]);
    if (!/being used by|is using its referenced image/.test(stderr)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
