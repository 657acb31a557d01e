import { isServing, isUp } from "./diff.ts";
import type {
  ContainerRef,
  DesiredService,
  Gate,
  NewReplica,
  Replica,
  ServiceChange,
  Step,
  SwapRole,
} from "./model.ts";

/** All replicas that a change brings up, those that replace others first. */
export const newReplicas = (change: ServiceChange): NewReplica[] => [
  ...change.swaps.map((swap) => swap.new),
  ...change.adds,
];

/** Compose cannot scale a service with a name of its own, so only Compose can replace it. */
export function recreatedByCompose(change: ServiceChange): boolean {
  return change.desired?.containerName !== undefined && change.swaps.length > 0;
}

/** Whether a failure of the service takes back all that a deploy has done. */
export const mayRollBack = ({ cause, desired }: ServiceChange): boolean =>
  cause !== "" && desired?.update.failureAction === "rollback";

/** How a step names a replica that is brought up. */
export function refOf(fresh: NewReplica): ContainerRef {
  if (fresh.kind === "existing") return refTo(fresh.replica);
  const { service, number, index } = fresh;
  return { kind: "new", service, number, index };
}

/** How a step names a replica that is there. */
export function refTo({ service, number, id }: Replica): ContainerRef {
  return { kind: "known", service, number, id };
}

/** What a replica does when the plan is made, for recovery. */
export function before(replica: Replica): SwapRole["before"] {
  return isServing(replica) ? "serving" : isUp(replica) ? "up" : "down";
}

/** The same for one that is brought up; one that is hidden and runs has not been in service. */
export function newBefore(fresh: NewReplica): SwapRole["before"] {
  if (fresh.kind === "created" || fresh.replica.status === "created") return "new";
  return fresh.replica.isHidden && runsAlready(fresh) ? "new" : before(fresh.replica);
}

/** Whether it was brought up by a deploy that was cut off. */
export const runsAlready = (fresh: NewReplica): boolean =>
  fresh.kind === "existing" && isUp(fresh.replica);

/** When a job is done (Compose Specification, `service_completed_successfully`). */
export const jobGate: Gate = {
  ...{ monitorMs: 0, steadyMs: 0, health: false },
  mayComplete: true,
  mustComplete: true,
};

/** When a replica of the service counts as ready. */
export function gateOf({ update, isJob }: DesiredService, mayComplete: boolean): Gate {
  const { monitorMs, steadyMs } = update;
  if (isJob) return jobGate;
  return { monitorMs, steadyMs, mayComplete, health: true };
}

/** Whether a gate runs the service's healthcheck itself. */
export const checksHealthItself = ({ gates }: DesiredService): boolean =>
  gates.some(({ probe }) => probe.kind === "healthcheck");

/** When it counts as ready for its gates. */
export function gateBefore(service: DesiredService, mayComplete: boolean): Gate {
  const gate = gateOf(service, mayComplete);
  // A gate that runs the healthcheck itself makes waiting for the engine to do so pointless.
  return checksHealthItself(service) ? { ...gate, health: false, monitorMs: gate.steadyMs } : gate;
}

/** The service whose replicas a step is about, save for its creation. */
export function serviceOf({ action, swap }: Step): string | undefined {
  if ("container" in action) return action.container.service;
  if (action.kind === "recreate" || action.kind === "verify" || action.kind === "pause") {
    return action.service;
  }
  return swap?.swap.slice(0, swap.swap.indexOf("/"));
}
