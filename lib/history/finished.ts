import type { Surroundings } from "../engine/clients.ts";
import type { Execution } from "../execute/execute.ts";
import type { DeployOptions } from "../options.ts";
import type { Planned } from "../plan_deploy.ts";
import type { Basis } from "./basis.ts";
import type { Origin } from "./origin.ts";

/** A deploy that is under way. */
export interface Deploying {
  planned: Planned;
  options: DeployOptions;
  surroundings: Pick<Surroundings, "env" | "fileExists" | "readText">;
  /** Absent: it deploys the Compose files. */
  basis?: Basis;
  /** Where it comes from, as that was before it began to change anything. */
  origin: Promise<Origin>;
  /** `user@host`. */
  owner: string;
  /** How long it has taken so far, in milliseconds. */
  elapsedMs(): number;
}

/** A deploy that is over. */
export interface Finished extends Deploying {
  execution: Execution;
  durationMs: number;
}

/** Whether entries are wanted at all of such a deploy. */
export const isOfInterest = ({ project }: Planned, options: DeployOptions): boolean =>
  project.historySize !== 0 && !options.noStart;

/** Whether a deploy of interest is worth an entry: not if nothing that runs was touched. */
export function isWorthKeeping({ outcome, services }: Execution): boolean {
  if (outcome === "nothing" || outcome === "untouched") return false;
  return outcome !== "interrupted" ||
    services.some(({ kind }) => kind !== "unchanged" && kind !== "not-reached");
}
