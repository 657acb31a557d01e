import { KerekError } from "../errors.ts";
import type { EngineOptions } from "../options.ts";
import type { Surroundings } from "./clients.ts";
import { explain } from "./explain.ts";

/** The machine that kerek runs on. */
export function surroundings(options: EngineOptions): Surroundings {
  return {
    env: (name) => Deno.env.get(name),
    fileExists,
    contextHost: (name) => contextHost(name, options),
  };
}

function fileExists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function contextHost(name: string, { config }: EngineOptions): Promise<string> {
  const { $ } = await import("../deps/dax.ts");
  const configArgs = config === undefined ? [] : ["--config", config];
  const output =
    await $`docker ${configArgs} context inspect --format {{.Endpoints.docker.Host}} -- ${name}`
      .stdout("piped").stderr("piped").noThrow();
  if (output.code === 0) return output.stdout.trim();
  const { message, hint, details } = explain(output);
  throw new KerekError(`Cannot find the engine: ${message}`, { hint, details });
}
