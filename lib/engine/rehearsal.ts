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
 * Finds running containers that creating new ones would stop. Since Compose 2.31 a network whose
 * definition changed is made anew together with all that is attached to it, whatever
 * `--no-recreate` says.
 */
export class Rehearsals {
  private readonly begun = new Map<string, Promise<Set<string>>>();

  constructor(private readonly programs: Programs) {}

  /** Names of the containers; what is asked again, or was asked as a guess, is asked only once. */
  async stoppedBy(creations: Creation[]): Promise<Set<string>> {
    if (creations.length === 0) return new Set();
    const command = argv.composeRehearseCreate(creations);
    const key = command.join(" ");
    const stopped = this.begun.get(key) ?? this.rehearse(command);
    this.begun.set(key, stopped);
    return await stopped;
  }

  private async rehearse(command: string[]): Promise<Set<string>> {
    const { stdout, stderr } = await this.programs.tryCompose(command);
    return rehearsal(stdout + stderr).stopped;
  }
}
