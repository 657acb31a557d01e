import { KerekError } from "../errors.ts";
import type { EngineOptions } from "../options.ts";
import type { Surroundings } from "./clients.ts";
import type { Spawner } from "./spawn.ts";

/** The machine that kerek runs on. */
export function surroundings(options: EngineOptions, spawner: Spawner): Surroundings {
  return {
    env: (name) => Deno.env.get(name),
    fileExists,
    contextHost: (name) => contextHost(name, options, spawner),
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

async function contextHost(
  name: string,
  { config }: EngineOptions,
  spawner: Spawner,
): Promise<string> {
  const { code, stdout, stderr } = await spawner.read([
    "docker",
    ...(config === undefined ? [] : ["--config", config]),
    "context",
    "inspect",
    "--format",
    "{{.Endpoints.docker.Host}}",
    "--",
    name,
  ]);
  if (code === 0) return stdout.trim();
  throw new KerekError(`Cannot find the endpoint of context ${name}: ${stderr.trim()}`, {
    hint: "`docker context ls` lists the contexts.",
  });
}
