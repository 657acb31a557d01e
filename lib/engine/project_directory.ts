import { dirname, join, resolve } from "node:path";
import type { ComposeOptions } from "../options.ts";

/** What of the machine tells where the project is. */
export interface Places {
  env(name: string): string | undefined;
  fileExists(path: string): boolean;
  cwd: string;
}

/** Names that Compose looks for (Compose Specification, Compose file). */
const defaultNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/**
 * The project directory, as Compose finds it: as asked for, else the folder of the first Compose
 * file, which it looks for from the current folder upwards.
 */
export function projectDirectory(
  { projectDirectory, files }: Pick<ComposeOptions, "projectDirectory" | "files">,
  { env, fileExists, cwd }: Places,
): string {
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
