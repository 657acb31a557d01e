import type { ComposeOptions, EngineOptions } from "../options.ts";
import { BuiltinClient } from "./api/builtin_client.ts";
import { type Clients, clientsOf, type Surroundings } from "./clients.ts";
import { endpointOf, isPodmanProgram } from "./endpoint.ts";
import { refuseOtherEngine } from "./other_engine.ts";
import { Programs } from "./programs.ts";
import type { Spawner } from "./spawn.ts";
import { throughTunnel } from "./through_tunnel.ts";

/** What calls to the engine and to Compose go through. */
export interface ProgramPorts {
  spawner: Spawner;
  surroundings: Surroundings;
  /** Content of standard input; asked for only where a Compose file is `-`. */
  readStdin(): Promise<string>;
  /** Opens the tunnel to an engine that is reached by SSH; absent: none is opened. */
  openTunnel?: OpenTunnel;
  /** Takes a line on what goes worse than it could; absent: nobody does. */
  warn?(text: string): void;
  /** Aborts when the user asks to stop. */
  signal?: AbortSignal;
}

/** A way to an engine elsewhere that all calls of a run share. */
export interface Tunnel {
  /** Address of its end here. */
  host: string;
  /**
   * Waits while a connection that broke is made again, or until that is given up.
   *
   * @returns the how many-th connection it is.
   */
  current(): Promise<number>;
  /** The same after a call has failed, as a connection that breaks looks whole for a moment. */
  check(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens a {@linkcode Tunnel} to the engine at `address`, which begins with `ssh://`.
 *
 * @returns nothing if there can be none, so that each call has to find its own way.
 * @throws {KerekError} if the machine cannot be reached, or has no engine for its user.
 */
export type OpenTunnel = (
  address: string,
  around: { isPodman: boolean; warn(text: string): void; signal?: AbortSignal },
) => Promise<Tunnel | undefined>;

/** Options of the client that say where the engine is and how it is spoken to. */
const nowhere = {
  host: undefined,
  context: undefined,
  tls: undefined,
  tlscacert: undefined,
  tlscert: undefined,
  tlskey: undefined,
  tlsverify: undefined,
} satisfies Partial<EngineOptions>;

/**
 * Finds out how to call the engine and Compose for a project; what that opened is closed when they
 * are disposed of.
 */
export async function openPrograms(
  options: { engine: EngineOptions; compose: ComposeOptions },
  ports: ProgramPorts,
): Promise<Programs> {
  const { surroundings, spawner } = ports;
  const isAsked = ports.openTunnel !== undefined || surroundings.engineSocket !== undefined;
  const address = isAsked ? await endpointOf(options.engine, surroundings) : undefined;
  const tunnel = await tunnelTo(address, options.engine, ports);
  const engine = tunnel ? { ...options.engine, ...nowhere, host: tunnel.host } : options.engine;
  try {
    const [clients, stdin]: [Clients, string | undefined] = await Promise.all([
      clientsOf(engine, options.compose, surroundings),
      options.compose.files.includes("-") ? ports.readStdin() : undefined,
    ]);
    if (isAsked) await refuseOtherEngine(clients, spawner);
    const socket = surroundings.engineSocket?.(engine, tunnel?.host ?? address);
    const own = socket === undefined
      ? undefined
      : new BuiltinClient(spawner, clients.engine, socket);
    const caller = own ?? spawner;
    const calls = tunnel ? throughTunnel(tunnel, caller) : caller;
    const close = async () => {
      await own?.close();
      await tunnel?.close();
    };
    const files = async () => {
      const { readableFiles } = await import("./readable_files.ts");
      return readableFiles(options.compose, surroundings);
    };
    return new Programs(clients, calls, stdin, { close, files });
  } catch (error) {
    await tunnel?.close();
    throw error;
  }
}

async function tunnelTo(
  address: string | undefined,
  engine: EngineOptions,
  { openTunnel, surroundings, warn = () => {}, signal }: ProgramPorts,
): Promise<Tunnel | undefined> {
  if (!openTunnel || !address?.startsWith("ssh://")) return undefined;
  // These would make the clients speak TLS to the tunnel's end, which no option takes back.
  const { env } = surroundings;
  if (env("DOCKER_TLS_VERIFY") || env("DOCKER_TLS")) return undefined;
  const isPodman = isPodmanProgram(engine.containerEngine);
  return await openTunnel(address, { isPodman, warn, signal });
}
