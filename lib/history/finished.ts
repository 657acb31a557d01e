import type { Surroundings } from "../engine/clients.ts";
import type { Execution } from "../execute/execute.ts";
import type { DeployOptions } from "../options.ts";
import type { Planned } from "../plan_deploy.ts";
import type { Basis } from "./basis.ts";

/** A deploy that is over. */
export interface Finished {
  planned: Planned;
  execution: Execution;
  options: DeployOptions;
  /** `user@host`. */
  owner: string;
  durationMs: number;
  surroundings: Pick<Surroundings, "env" | "fileExists">;
  /** Absent: it deployed the Compose files. */
  basis?: Basis;
}

/** Whether a deploy is worth an entry: not if nothing that runs was touched, or none is wanted. */
export function isWorthKeeping(
  { planned: { project }, execution: { outcome, services }, options: { noStart } }: Pick<
    Finished,
    "planned" | "execution" | "options"
  >,
): boolean {
  if (project.historySize === 0 || noStart || outcome === "nothing" || outcome === "untouched") {
    return false;
  }
  return outcome !== "interrupted" ||
    services.some(({ kind }) => kind !== "unchanged" && kind !== "not-reached");
}
