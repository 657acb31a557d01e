import { isServing, isUp } from "./diff.ts";
import type { Replica, ServiceChange, Step } from "./model.ts";
import { gateOf, refTo, runsAlready } from "./refs.ts";

/**
 * Kept replicas that are still starting, as an interrupted deploy leaves them, must be ready before
 * a stop-first swap stops one more. With start-first, nothing goes before its successor is ready; but
 * where that serves already, all that are kept must.
 */
export function firstKeepSteps(change: ServiceChange, after: string[]): Step[] {
  const leaving = change.swaps.filter(({ old }) => isServing(old));
  const isStopFirst = change.desired?.update.order === "stop-first";
  const mustServe = leaving.some((swap) => runsAlready(swap.new));
  if (!mustServe && !(isStopFirst && leaving.length > 0)) return [];
  return change.keeps.filter(mustServe ? (replica) => !isServing(replica) : isStarting)
    .map((replica) => ready(change, replica, "it does not serve yet", after));
}

const isStarting = ({ status, health }: Replica) => status === "running" && health === "starting";

/**
 * Before outdated replicas that serve go without replacement, kept ones that do not serve must: those
 * that came last have proved themselves by then, see `unprovenOf` in diff.ts.
 */
export function keepSteps(change: ServiceChange, after: string[]): Step[] {
  if (!change.desired || !change.removals.some(isServing)) return [];
  const asked = new Set(firstKeepSteps(change, []).map((step) => step.id));
  const cause = "it is up to date, and others that serve are to go";
  return change.keeps.filter((replica) => !isServing(replica))
    .map((replica) => ready(change, replica, cause, after))
    .filter((step) => !asked.has(step.id));
}

/** A job that a deploy which was cut off has begun: others wait for its end. */
export function jobSteps(change: ServiceChange, after: string[]): Step[] {
  if (!change.desired?.isJob) return [];
  return change.keeps.filter(isUp)
    .map((replica) => ({
      ...ready(change, replica, "others wait for its end", after),
      id: `${nameOf(replica)}/end`,
    }));
}

function ready(change: ServiceChange, replica: Replica, cause: string, after: string[]): Step {
  return {
    id: `${nameOf(replica)}/ready`,
    action: { kind: "ready", container: refTo(replica), gate: gateOf(change.desired!, false) },
    cause,
    after,
  };
}

const nameOf = ({ service, number }: Replica) => `${service}/keep-${number}`;
