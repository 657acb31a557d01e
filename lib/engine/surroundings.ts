import { KerekError } from "../errors.ts";
import type { EngineOptions } from "../options.ts";
import { engineSocket } from "./api/engine_socket.ts";
import type { Surroundings } from "./clients.ts";
import { findComposePlugin } from "./compose_plugin.ts";
import { explain } from "./explain.ts";

/** The machine that kerek runs on. */
export function surroundings(options: EngineOptions): Surroundings {
  return {
    env,
    fileExists,
    readText,
    composePlugin: () => findComposePlugin({ env, fileExists: isExecutable, readText }),
    currentContext: () => currentContext(options),
    contextHost: (name) => contextHost(name, options),
    engineSocket: (engine, address) => engineSocket(engine, address, { env, readText }),
  };
}

const env = (name: string): string | undefined => Deno.env.get(name);

/** Whether everyone may run it, as packages install it, and so may this process. */
function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    const { state } = Deno.permissions.querySync({ name: "run", command: path });
    return isFile && (mode ?? 0) % 2 === 1 && state === "granted";
  } catch {
    return false;
  }
}

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function fileExists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function currentContext({ config }: EngineOptions): string | undefined {
  const folder = config ?? (env("DOCKER_CONFIG") || `${env("HOME") ?? ""}/.docker`);
  try {
    const { currentContext: name } = JSON.parse(readText(`${folder}/config.json`) ?? "{}");
    return typeof name === "string" && name !== "" ? name : undefined;
  } catch {
    return undefined; // Docker itself complains of a configuration that it cannot read.
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
