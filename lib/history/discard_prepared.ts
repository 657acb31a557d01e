import type { Programs } from "../engine/programs.ts";
import * as argv from "./argv.ts";

/**
 * Removes an entry that was made ahead, and that its deploy did not come to name, if there is one.
 * What cannot be removed now, a later deploy removes, so it never rejects.
 */
export async function discardPrepared(programs: Programs, project: string): Promise<void> {
  await programs.tryEngine(argv.removeName(argv.entryName(project, "next"))).catch(() => {});
}
