import assert from "node:assert/strict";
import { startPodman, whyNoPodman } from "./podman_engine.ts";
import { Project } from "./project.ts";
import { run } from "./run.ts";
import { busybox } from "./scenario.ts";

/** A project, and a Podman of its own for it. */
export interface AtPodman {
  project: Project;
  /** What lets kerek and Compose reach it. */
  env: Record<string, string>;
  /** `id state` of each container, in order. */
  containers(): Promise<string[]>;
}

/** What a scenario with Podman needs. */
export interface PodmanOptions {
  /** Images of Docker's that it is to have. */
  images?: string[];
}

/** Defines a test with a Podman of its own. */
export async function podmanScenario(
  name: string,
  act: (podman: AtPodman) => Promise<void>,
  options: PodmanOptions = {},
): Promise<void> {
  const reason = await whyNoPodmanWith(options.images);
  Deno.test({
    name: reason ? `${name} (left out: ${reason})` : name,
    ignore: reason !== undefined,
    fn: () => withPodman(act, options),
  });
}

/** Why there can be no Podman with these images here, if so. */
export async function whyNoPodmanWith(images: string[] = [busybox]): Promise<string | undefined> {
  const { code } = await run(["docker", "image", "inspect", ...images]);
  return await whyNoPodman() ?? (code === 0 ? undefined : `not all of ${images} are there`);
}

/** Acts with a Podman of its own, which is removed afterwards. */
export async function withPodman<T>(
  act: (podman: AtPodman) => Promise<T>,
  { images = [busybox] }: PodmanOptions = {},
): Promise<T> {
  const project = await Project.make("kerek-podman");
  const engine = await startPodman();
  const lines = async (...args: string[]) => {
    const { code, stdout, stderr } = await engine.podman(args);
    assert.equal(code, 0, stderr);
    return stdout.split("\n").filter((line) => line !== "");
  };
  try {
    const archive = `${project.folder}/images.tar`;
    await run(["docker", "save", "-o", archive, ...images]);
    await lines("load", "--quiet", "--input", archive);
    return await act({
      project,
      env: engine.env,
      containers: async () => {
        const ids = await lines("ps", "--all", "--quiet", "--no-trunc");
        return (await lines("inspect", "--format", "{{.Id}} {{.State.Status}}", ...ids)).sort();
      },
    });
  } finally {
    await engine.remove();
    await project.remove();
  }
}
