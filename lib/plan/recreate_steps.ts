import { companions } from "./companions.ts";
import { countsOf } from "./create_steps.ts";
import type { Creation, Replica, ServiceChange, Step } from "./model.ts";
import { gateOf } from "./refs.ts";
import type { DoneChange, ScheduleFacts } from "./schedule.ts";

/** Lets Compose replace the container of a service that it cannot scale. */
export function recreateSteps(
  change: ServiceChange,
  after: string[],
  facts: ScheduleFacts,
  done: DoneChange[],
): Step[] {
  const { service, cause } = change;
  const beside = recreatedBeside(service, facts, done);
  const id = `${service}/recreate`;
  const gate = gateOf(change.desired!, true);
  return [
    { id, action: { kind: "recreate", service, beside }, cause, after },
    { id: `${service}/verify`, action: { kind: "verify", service, gate }, cause, after: [id] },
  ];
}

/**
 * Companions of a service that Compose recreates, where it would leave them as they are. Otherwise
 * none: better a container that is replaced once more than others touched unasked.
 */
function recreatedBeside(
  service: string,
  { actual, services }: ScheduleFacts,
  done: DoneChange[],
): Creation[] {
  const counts = countsOf(actual, done);
  const beside = companions([service], services, (name) => counts.get(name) ?? 0);
  const names = new Set(beside.map((companion) => companion.service));
  const isMade = new Set(done.map(({ change }) => change.service));
  const wanted = new Map(services.map((desired) => [desired.name, desired]));
  // Compose would start the stopped ones again.
  if (done.some(({ change, keepsOld }) => keepsOld && names.has(change.service))) return [];
  const isSettled = (replica: Replica) =>
    isMade.has(replica.service) ||
    (replica.status === "running" && replica.revision === wanted.get(replica.service)!.revision);
  return [...names].every((name) => !wanted.get(name)!.isJob) &&
      actual.filter((replica) => names.has(replica.service)).every(isSettled)
    ? beside
    : [];
}
