import { relative } from "node:path";
import type { ComposeOptions } from "../options.ts";
import type { Surroundings } from "./clients.ts";
import { composeFiles } from "./compose_files.ts";
import { projectDirectory } from "./project_directory.ts";

/** Paths of the Compose files for people: those in this folder, or below it, without that. */
export function readableFiles(
  compose: ComposeOptions,
  surroundings: Pick<Surroundings, "env" | "fileExists" | "readText">,
): string[] {
  const cwd = Deno.cwd();
  const directory = projectDirectory(compose, { ...surroundings, cwd });
  return composeFiles(compose, { ...surroundings, cwd, directory }).map((path) => {
    const inside = relative(cwd, path);
    return inside.startsWith("..") ? path : inside;
  });
}
