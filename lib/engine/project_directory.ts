import { dirname, join, resolve } from "node:path";
import type { ComposeOptions } from "../options.ts";
import { composeVariables, type VariablePlaces } from "./compose_variables.ts";

/** What of the machine tells where the project is. */
export interface Places extends VariablePlaces {
  fileExists(path: string): boolean;
}

/** The options that tell where the project is. */
export type PlaceOptions =
  & Pick<ComposeOptions, "projectDirectory" | "files">
  & Partial<Pick<ComposeOptions, "envFiles">>;

/** Names that Compose looks for (Compose Specification, Compose file). */
const defaultNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/**
 * The project directory, as Compose finds it: as asked for, else the folder of the first Compose
 * file, which it looks for from the current folder upwards.
 */
export function projectDirectory(
  options: PlaceOptions,
  places: Places,
): string {
  const { projectDirectory, files } = options;
  const { fileExists, cwd } = places;
  const env = composeVariables(options, places);
  if (projectDirectory !== undefined) return resolve(cwd, projectDirectory);
  const separator = env("COMPOSE_PATH_SEPARATOR") || (Deno.build.os === "windows" ? ";" : ":");
  const [first] = files.length > 0 ? files : (env("COMPOSE_FILE") || "").split(separator);
  if (first === "-") return cwd;
  if (first) return dirname(resolve(cwd, first));
  for (let folder = cwd;; folder = dirname(folder)) {
    if (defaultNames.some((name) => fileExists(join(folder, name)))) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}
