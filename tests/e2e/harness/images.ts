import { docker } from "./project.ts";
import { run } from "./run.ts";
import { busybox } from "./scenario.ts";

/** Images of a test's own, and a folder beside them. */
export class TestImages {
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
    await docker(["commit", "--change", `ENV VERSION=${version}`, container, name]);
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
    const listed = await docker(["image", "ls", "--quiet", "--no-trunc", `${this.space}/*`]);
    const ids = [...new Set(listed.split("\n").filter((id) => id !== ""))];
    if (ids.length > 0) await docker(["rmi", "--force", ...ids]);
    await Deno.remove(this.folder, { recursive: true });
  }
}
