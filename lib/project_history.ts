import type { Programs } from "./engine/programs.ts";
import { type Entry, imagesOf } from "./history/entry.ts";
import { HistoryStore } from "./history/history_store.ts";
import type { HistoryOptions } from "./options.ts";
import { projectName } from "./project_name.ts";

/** A project's history. */
export interface ProjectHistory {
  /** Name of the project. */
  project: string;
  /** Oldest first. */
  entries: Entry[];
  /** Ids of images that entries name and the engine does not have. */
  goneImages: string[];
}

/**
 * Reads the history of a project.
 *
 * @throws {KerekError} if the project or the engine cannot be read.
 */
export async function historyOf(
  programs: Programs,
  { compose }: Pick<HistoryOptions, "compose">,
): Promise<ProjectHistory> {
  const project = await projectName(programs, compose);
  const store = new HistoryStore(programs, project);
  const entries = (await store.list()).map(({ id: _, ...entry }): Entry => entry);
  const ids = [...new Set(entries.flatMap(imagesOf))];
  const present = await store.images(ids);
  return { project, entries, goneImages: ids.filter((id) => !present.has(id)) };
}
