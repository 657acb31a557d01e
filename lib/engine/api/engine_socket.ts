import type { EngineOptions } from "../../options.ts";

/** What finding the engine's socket needs to know of the machine. */
export interface SocketPlaces {
  env(name: string): string | undefined;
  /** A file's text, or nothing if it cannot be read. */
  readText(path: string): string | undefined;
}

/**
 * The path of the Unix socket at an address of an engine, if `docker` with these options would do no
 * more than to send requests to it.
 *
 * @param address Where the client would go; nothing for its usual socket.
 * @returns nothing where the client itself has to be asked: with another engine program, another kind
 * of address, TLS, or headers of the user's own.
 */
export function engineSocket(
  options: EngineOptions,
  address: string | undefined,
  places: SocketPlaces,
): string | undefined {
  const { containerEngine, tls, tlsverify } = options;
  if (containerEngine !== "docker" || tls || tlsverify) return undefined;
  if (places.env("DOCKER_TLS_VERIFY") || places.env("DOCKER_TLS")) return undefined;
  const settings = readSettings(options, places);
  if (!settings || "HttpHeaders" in settings) return undefined;
  return /^unix:\/\/(\/.+)$/.exec(address ?? "unix:///var/run/docker.sock")?.[1];
}

/** @returns nothing if the client's configuration cannot be understood, of which it complains itself. */
function readSettings(
  { config }: EngineOptions,
  { env, readText }: SocketPlaces,
): Record<string, unknown> | undefined {
  const home = env("HOME");
  const folder = config ?? (env("DOCKER_CONFIG") || (home && `${home}/.docker`));
  const text = folder ? readText(`${folder}/config.json`) : undefined;
  try {
    const settings = JSON.parse(text ?? "{}");
    return typeof settings === "object" && settings !== null ? settings : undefined;
  } catch {
    return undefined;
  }
}
