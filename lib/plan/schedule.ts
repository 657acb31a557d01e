import { inSequence } from "./block.ts";
import { createSteps } from "./create_steps.ts";
import { deployHookSteps } from "./hook_steps.ts";
import type { Hook } from "./hooks.ts";
import { imageSteps } from "./image_steps.ts";
import type {
  Action,
  DesiredService,
  Gate,
  Plan,
  PlanOptions,
  Replica,
  ServiceChange,
  Step,
} from "./model.ts";
import { firstKeepSteps, jobSteps, keepSteps } from "./keep_steps.ts";
import { recreateSteps } from "./recreate_steps.ts";
import {
  checksHealthItself,
  jobGate,
  mayRollBack,
  newReplicas,
  recreatedByCompose,
} from "./refs.ts";
import { addSteps, removeSteps, swapSteps, sweepSteps } from "./swap_steps.ts";

/** What scheduling must know beyond the changes. */
export interface ScheduleFacts {
  project: string;
  /** Images that the engine does not have. */
  missingImages: Set<string>;
  /** All services of the project, also those that are not considered. */
  services: DesiredService[];
  /** All containers that belong to the project, which Compose counts when it scales. */
  actual: Replica[];
  warnings: string[];
  /** All hook modules of the deploy; absent: none. */
  hooks?: Hook[];
}

/**
 * Lays the changes out as steps.
 *
 * Images come first, then all new containers are created at once, so that whatever can go wrong
 * with files, images and names goes wrong before anything that serves is touched. Then services
 * follow one another; within a service the swaps do, each as its update policy says.
 */
export function schedule(
  changes: ServiceChange[],
  facts: ScheduleFacts,
  options: PlanOptions,
): Plan {
  const isLate = lateness(changes);
  const last = lastToRollBack(changes);
  const keepsOld = keeping(changes, last);
  const early = changes.filter((change) => !isLate(change));
  const done = (change: ServiceChange) =>
    changes.slice(0, changes.indexOf(change))
      .map((other) => ({ change: other, keepsOld: keepsOld(other) }));
  // Where nothing is started or stopped, there is nothing for them to know of.
  const isChanging = changes.some((change) => change.cause !== "");
  const isCalled = !options.noStart && isChanging;
  const hooks = isCalled ? facts.hooks : undefined;
  const { steps } = inSequence([], [
    () => imageSteps(changes, facts, options),
    (after) => deployHookSteps("beforeDeploy", hooks, after),
    (after) => createSteps("create", early, after, facts, options),
    ...(options.noStart ? [] : changes.flatMap((change) => [
      (after: string[]) =>
        isLate(change)
          ? createSteps(`${change.service}/create`, [change], after, facts, options, done(change))
          : [],
      (after: string[]) =>
        recreatedByCompose(change)
          ? recreateSteps(change, after, facts, done(change))
          : serviceSteps(change, after, keepsOld(change)),
      (after: string[]) => isChanging ? jobSteps(change, after) : [],
      (after: string[]) =>
        change === last ? changes.filter(keepsOld).flatMap((kept) => sweepSteps(kept, after)) : [],
    ])),
    (after) => options.wait && !options.noStart ? verifySteps(changes, after, options) : [],
  ]);
  const plan: Plan = {
    project: facts.project,
    steps,
    changes,
    warnings: facts.warnings,
    ...(options.noStart ? { purpose: "create" } : {}),
  };
  const afterwards = [
    ...deployHookSteps("onFailure", hooks, []),
    ...deployHookSteps("afterDeploy", hooks, []),
  ];
  return afterwards.length > 0 ? { ...plan, afterwards } : plan;
}

/** What was changed before, and whether its old containers are still there. */
export interface DoneChange {
  change: ServiceChange;
  keepsOld: boolean;
}

/** Tells whether a service's containers can only be created once another's were replaced. */
function lateness(changes: ServiceChange[]): (change: ServiceChange) => boolean {
  const changing = new Set(
    changes.filter((change) => newReplicas(change).length > 0).map((change) => change.service),
  );
  return ({ desired }) => desired?.sharesWith.some((name) => changing.has(name)) ?? false;
}

/**
 * Tells whether a change's old containers stay, stopped, until nothing can be rolled back any more:
 * only they themselves make a rollback exact. Not where others share what they have, as Compose
 * would take a stopped one for it.
 */
function keeping(
  changes: ServiceChange[],
  last: ServiceChange | undefined,
): (change: ServiceChange) => boolean {
  const early = new Set(last ? changes.slice(0, changes.indexOf(last) + 1) : []);
  const shared = new Set(changes.flatMap(({ desired }) => desired?.sharesWith ?? []));
  return (change) =>
    early.has(change) && !shared.has(change.service) &&
    !recreatedByCompose(change);
}

function lastToRollBack(changes: ServiceChange[]): ServiceChange | undefined {
  return changes.findLast(mayRollBack);
}

function serviceSteps(change: ServiceChange, after: string[], keepsOld: boolean): Step[] {
  return inSequence(after, [
    (after) => firstKeepSteps(change, after),
    (after) => swapSteps(change, after, keepsOld),
    (after) => addSteps(change, after),
    (after) => keepSteps(change, after),
    (after) => removeSteps(change, after, keepsOld),
  ]).steps;
}

function verifySteps(changes: ServiceChange[], after: string[], options: PlanOptions): Step[] {
  const timeoutMs = options.waitTimeoutS === undefined ? undefined : options.waitTimeoutS * 1000;
  return changes.flatMap(({ service, desired }) => {
    if (!desired || desired.replicas === 0) return [];
    const gate: Gate = desired.isJob ? jobGate : {
      ...{ monitorMs: 0, steadyMs: 0, mayComplete: false, health: true },
      ...(checksHealthItself(desired) ? { isGated: true } : {}),
    };
    const action: Action = { kind: "verify", service, gate, timeoutMs };
    return [{ id: `${service}/wait`, action, cause: "asked by --wait", after }];
  });
}
