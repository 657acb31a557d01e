import { isServing } from "./diff.ts";
import type { Action, Replica, ServiceChange, Step } from "./model.ts";
import { gateOf, refTo } from "./refs.ts";

/**
 * Kept replicas that are still starting, as an interrupted deploy leaves them, must be ready before
 * a stop-first swap stops one more. With start-first, nothing goes before its successor is ready.
 */
export function firstKeepSteps(change: ServiceChange, after: string[]): Step[] {
  const isStopFirst = change.desired?.update.order === "stop-first";
  if (!isStopFirst || !change.swaps.some(({ old }) => isServing(old))) return [];
  return change.keeps.filter(isStarting)
    .map((replica) => ready(change, replica, "it is still starting", after));
}

const isStarting = ({ status, health }: Replica) => status === "running" && health === "starting";

/**
 * Before outdated replicas that serve go without replacement, kept ones that do not serve must, and
 * as many as go, the newest first, must pass the service's gates: an interrupted deploy may have
 * left them on their way there.
 */
export function keepSteps(change: ServiceChange, after: string[]): Step[] {
  const leaving = change.removals.filter(isServing).length;
  if (leaving === 0 || !change.desired) return [];
  const unproven = change.keeps.toSorted((a, b) => b.number - a.number).slice(0, leaving);
  const asked = new Set(firstKeepSteps(change, []).map((step) => step.id));
  const cause = "it is up to date, and outdated ones that serve are to go";
  return change.keeps.flatMap((replica) => {
    const first = ready(change, replica, cause, after);
    const isReady = isServing(replica) || asked.has(first.id);
    const steps = isReady ? [] : [first];
    if (unproven.includes(replica)) {
      steps.push(...gates(change, replica, cause, isReady ? after : [first.id]));
    }
    return steps;
  });
}

function ready(change: ServiceChange, replica: Replica, cause: string, after: string[]): Step {
  return {
    id: `${nameOf(replica)}/ready`,
    action: { kind: "ready", container: refTo(replica), gate: gateOf(change.desired!, false) },
    cause,
    after,
  };
}

function gates(change: ServiceChange, replica: Replica, cause: string, after: string[]): Step[] {
  const id = (i: number) => `${nameOf(replica)}/gate-${i + 1}`;
  return change.desired!.gates.map((spec, i) => {
    const action: Action = { kind: "gate", container: refTo(replica), spec };
    return { id: id(i), action, cause, after: i === 0 ? after : [id(i - 1)] };
  });
}

const nameOf = ({ service, number }: Replica) => `${service}/keep-${number}`;
