import { composeFiles } from "../engine/compose_files.ts";
import { projectDirectory } from "../engine/project_directory.ts";
import type { HashedFile } from "./entry.ts";
import type { Deploying } from "./finished.ts";
import { hashed } from "./hashed.ts";

/** Where what is deployed comes from. */
export interface Origin {
  /** Where the project is, on this machine. */
  directory: string;
  /** The Compose files, as far as they can be read. */
  files: HashedFile[];
}

/** Looks that up, as it is now. */
export async function originOf(
  { options: { compose }, surroundings, basis }: Pick<
    Deploying,
    "options" | "surroundings" | "basis"
  >,
): Promise<Origin> {
  if (basis) return { directory: basis.entry.directory, files: basis.entry.files };
  const cwd = Deno.cwd();
  const directory = projectDirectory(compose, { ...surroundings, cwd });
  const paths = composeFiles(compose, { ...surroundings, cwd, directory });
  return { directory, files: await hashed(paths) };
}
