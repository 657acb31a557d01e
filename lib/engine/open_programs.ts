import type { ComposeOptions, EngineOptions } from "../options.ts";
import { type Clients, clientsOf, type Surroundings } from "./clients.ts";
import { Programs } from "./programs.ts";
import type { Spawner } from "./spawn.ts";

/** What calls to the engine and to Compose go through. */
export interface ProgramPorts {
  spawner: Spawner;
  surroundings: Surroundings;
  /** Content of standard input; asked for only where a Compose file is `-`. */
  readStdin(): Promise<string>;
}

/** Finds out how to call the engine and Compose for a project. */
export async function openPrograms(
  options: { engine: EngineOptions; compose: ComposeOptions },
  ports: ProgramPorts,
): Promise<Programs> {
  const [clients, stdin]: [Clients, string | undefined] = await Promise.all([
    clientsOf(options.engine, options.compose, ports.surroundings),
    options.compose.files.includes("-") ? ports.readStdin() : undefined,
  ]);
  return new Programs(clients, ports.spawner, stdin);
}
