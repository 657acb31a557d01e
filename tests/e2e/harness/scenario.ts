import { run } from "./run.ts";
import { Project } from "./project.ts";

/** What a scenario may need besides an engine and Compose; without it, it is left out. */
export interface ScenarioOptions {
  /** Oldest version of Compose. */
  compose?: string;
  /** Images that scripts/images makes. */
  images?: string[];
  /** Any other reason to leave it out, if there is one. */
  unless?: string;
}

/** The image of {@linkcode service}. */
export const busybox = "kerek-test/busybox:1";

/** Version of Compose, or why there is no engine to test with. */
const surroundings = await survey();

/** Defines a test with a project of its own, which is removed however the test ends. */
export function scenario(
  name: string,
  act: (project: Project, t: Deno.TestContext) => Promise<void>,
  options: ScenarioOptions = {},
): void {
  const reason = whyNot(options);
  Deno.test({
    name: reason ? `${name} (left out: ${reason})` : name,
    ignore: reason !== undefined,
    fn: async (t) => {
      const project = await Project.make();
      try {
        await act(project, t);
      } finally {
        await project.remove();
      }
    },
  });
}

/** Whether Compose is of this version or newer. */
export function composeIsFrom(version: string): boolean {
  return "compose" in surroundings && compare(surroundings.compose, version) >= 0;
}

/** Major version of the engine; 0 if there is none. */
export const engineMajor = "engine" in surroundings ? Number(surroundings.engine.split(".")[0]) : 0;

function whyNot({ compose, images = [busybox], unless }: ScenarioOptions): string | undefined {
  if ("reason" in surroundings) return surroundings.reason;
  if (unless !== undefined) return unless;
  const missing = images.filter((image) => !surroundings.images.has(image));
  if (missing.length > 0) return `no image ${missing.join(", ")}; scripts/images makes it`;
  if (compose !== undefined && !composeIsFrom(compose)) {
    return `Compose is ${surroundings.compose}, older than ${compose}`;
  }
  return undefined;
}

async function survey(): Promise<
  { compose: string; engine: string; images: Set<string> } | { reason: string }
> {
  try {
    const [engine, compose, images] = await Promise.all([
      run(["docker", "version", "--format", "{{.Server.Version}}"]),
      run(["docker", "compose", "version", "--short"]),
      run(["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]),
    ]);
    if (engine.code !== 0) return { reason: "no engine answers; scripts/setup starts one" };
    if (compose.code !== 0) return { reason: "no Docker Compose; scripts/setup gets it" };
    const versions = { compose: compose.stdout.trim(), engine: engine.stdout.trim() };
    return { ...versions, images: new Set(images.stdout.split("\n")) };
  } catch {
    return { reason: "no docker on PATH; scripts/setup gets it" };
  }
}

function compare(a: string, b: string): number {
  const numbers = (text: string) => text.replace(/^v/, "").split(/[.-]/).map(Number);
  const [x, y] = [numbers(a), numbers(b)];
  const at = y.findIndex((number, i) => number !== x[i]);
  return at < 0 ? 0 : (x[at] ?? 0) - y[at];
}
