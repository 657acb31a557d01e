import { isAbsolute, join, resolve } from "node:path";
import type { ComposeOptions } from "../options.ts";

/** What of the machine tells which files Compose reads. */
export interface FilePlaces {
  env(name: string): string | undefined;
  fileExists(path: string): boolean;
  cwd: string;
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
  { files }: Pick<ComposeOptions, "files">,
  { env, fileExists, cwd, directory }: FilePlaces,
): string[] {
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
