import type { Creation } from "../plan/model.ts";
import * as argv from "./argv.ts";
import type { Programs } from "./programs.ts";

/** Which containers Compose's dry run would stop or replace, by name. */
export function rehearsal(output: string): { recreated: Set<string>; stopped: Set<string> } {
  const named = (verbs: string) =>
    new Set(
      [...output.matchAll(new RegExp(`Container (\\S+)\\s+(?:${verbs})\\b`, "g"))]
        .map((match) => match[1]),
    );
  return {
    recreated: named("Recreate|Recreated"),
    stopped: named("Stopping|Stopped|Removing|Removed|Recreate|Recreated"),
  };
}

/**
 * Names of running containers that creating new ones would stop. Since Compose 2.31 a network whose
 * definition changed is made anew together with all that is attached to it, whatever
 * `--no-recreate` says.
 */
export async function stoppedBy(
  creations: Creation[],
  programs: Programs,
): Promise<Set<string>> {
  if (creations.length === 0) return new Set();
  const { stdout, stderr } = await programs.tryCompose(argv.composeRehearseCreate(creations));
  return rehearsal(stdout + stderr).stopped;
}
