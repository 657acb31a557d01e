import { isAbsolute, join, resolve } from "node:path";
import { composeVariables } from "./compose_variables.ts";
import type { PlaceOptions, Places } from "./project_directory.ts";

/** What of the machine tells which files Compose reads. */
export interface FilePlaces extends Places {
  /** Where the project is. */
  directory: string;
}

/** Names that Compose looks for, each with what goes over it (Compose Specification). */
const defaultNames = [
  ["compose.yaml", "compose.override.yaml", "compose.override.yml"],
  ["compose.yml", "compose.override.yaml", "compose.override.yml"],
  ["docker-compose.yaml", "docker-compose.override.yaml", "docker-compose.override.yml"],
  ["docker-compose.yml", "docker-compose.override.yaml", "docker-compose.override.yml"],
];

/** Paths of the Compose files, without those that these name. */
export function composeFiles(
  options: PlaceOptions,
  places: FilePlaces,
): string[] {
  const { files } = options;
  const { fileExists, cwd, directory } = places;
  const env = composeVariables(options, places);
  const separator = env("COMPOSE_PATH_SEPARATOR") || (Deno.build.os === "windows" ? ";" : ":");
  const named = files.length > 0 ? files : (env("COMPOSE_FILE") || "").split(separator);
  const paths = named.filter((path) => path !== "" && path !== "-");
  if (named.some((path) => path !== "")) {
    return paths.map((path) => isAbsolute(path) ? path : resolve(cwd, path));
  }
  const inFolder = (name: string) => join(directory, name);
  const [main, ...overrides] =
    defaultNames.find(([name]) => fileExists(inFolder(name)))?.map(inFolder) ?? [];
  if (main === undefined) return [];
  return [main, ...overrides.filter(fileExists).slice(0, 1)];
}
