import { companions } from "./companions.ts";
import { isServing, isUp } from "./diff.ts";
import type {
  Action,
  ContainerRef,
  Creation,
  DesiredService,
  Gate,
  NewReplica,
  Plan,
  PlanOptions,
  Replica,
  ServiceChange,
  Step,
  SwapRole,
} from "./model.ts";

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
}

/**
 * Lays the changes out as steps.
 *
 * Images come first, then all new containers are created at once, so that whatever can go wrong
 * with files, images and names goes wrong before anything that serves is touched. Then services
 * follow one another; within a service the swaps do, each as its update order says.
 */
export function schedule(
  changes: ServiceChange[],
  facts: ScheduleFacts,
  options: PlanOptions,
): Plan {
  const steps: Step[] = [];
  const add = (step: Step) => (steps.push(step), step.id);

  const images = imageSteps(changes, facts, options).map(add);
  const isLate = lateness(changes);
  const early = changes.filter((change) => !isLate(change));
  const prepared = prepare("create", early, images, facts, options).map(add);
  let last = prepared.length > 0 ? prepared.slice(-1) : images;
  if (!options.noStart) {
    for (const change of changes) {
      const done = changes.slice(0, changes.indexOf(change));
      if (isLate(change)) {
        const id = `${change.service}/create`;
        const own = prepare(id, [change], last, facts, options, done).map(add);
        if (own.length > 0) last = own.slice(-1);
      }
      const own = serviceSteps(change, last, facts, done);
      own.steps.forEach(add);
      last = own.ends;
    }
    if (options.wait) verifySteps(changes, last, options).forEach(add);
  }
  return { project: facts.project, steps, changes, warnings: facts.warnings };
}

/** Steps, and the ids of those that no other comes after. */
interface Block {
  steps: Step[];
  ends: string[];
}

/** Lays out parts so that each begins when the one before it, if that has any steps, is over. */
function inSequence(after: string[], parts: ((after: string[]) => Step[])[]): Block {
  const block: Block = { steps: [], ends: after };
  for (const part of parts) {
    const steps = part(block.ends);
    if (steps.length === 0) continue;
    const followed = new Set<string>();
    for (const step of steps) step.after.forEach((id) => followed.add(id));
    for (const step of steps) block.steps.push(step);
    block.ends = steps.map((step) => step.id).filter((id) => !followed.has(id));
  }
  return block;
}

/** Tells whether a service's containers can only be created once another's were replaced. */
function lateness(changes: ServiceChange[]): (change: ServiceChange) => boolean {
  const changing = new Set(
    changes.filter((change) => news(change).length > 0).map((change) => change.service),
  );
  return ({ desired }) => desired?.sharesWith.some((name) => changing.has(name)) ?? false;
}

const news = (change: ServiceChange): NewReplica[] => [
  ...change.swaps.map((swap) => swap.new),
  ...change.adds,
];

function imageSteps(
  changes: ServiceChange[],
  facts: ScheduleFacts,
  options: PlanOptions,
): Step[] {
  const services = changes.flatMap((change) => change.desired ?? []);
  const changing = new Set(
    changes.filter((change) => news(change).length > 0).map((change) => change.service),
  );
  const lacks = (x: DesiredService) => changing.has(x.name) && facts.missingImages.has(x.image);
  const builds = services.filter((x) =>
    x.buildable && !options.noBuild &&
    (options.build || lacks(x) || (changing.has(x.name) && x.pullPolicy === "build"))
  );
  const pulls = services.filter((x) =>
    !x.buildable && (options.pull === "always" || (options.pull !== "never" &&
      (lacks(x) || (!options.pull && changing.has(x.name) && pullsAlways(x)))))
  );
  const pullCause = () =>
    options.pull === "always"
      ? "asked by --pull"
      : pulls.some(lacks)
      ? "image missing"
      : "asked by pull_policy";
  return [
    ...imageStep("build", builds, options.build ? "asked by --build" : "image missing"),
    ...imageStep("pull", pulls, pullCause()),
  ];
}

/** Policies under which Compose asks the registry although the image is there. */
function pullsAlways({ pullPolicy = "" }: DesiredService): boolean {
  return /^(always|daily|weekly|every_)/.test(pullPolicy);
}

function imageStep(kind: "build" | "pull", services: DesiredService[], cause: string): Step[] {
  if (services.length === 0) return [];
  return [{ id: kind, action: { kind, services: services.map((x) => x.name) }, cause, after: [] }];
}

function prepare(
  id: string,
  changes: ServiceChange[],
  after: string[],
  facts: ScheduleFacts,
  options: PlanOptions,
  done: ServiceChange[] = [],
): Step[] {
  const creations = creationsOf(changes, facts, options, done);
  const injected = changes.filter((x) => x.desired?.needsInjection && !recreatedByCompose(x));
  const steps: Step[] = [];
  if (creations.length > 0) {
    const growing = new Set(creations.filter((x) => x.missing > 0).map((x) => x.service));
    const causes = changes.filter((x) => growing.has(x.service)).map((change) => change.cause);
    const cause = [...new Set(causes)].join("; ") || "asked by --all-resources";
    steps.push({ id, action: { kind: "create", services: creations }, cause, after });
  }
  for (const change of injected) {
    for (const fresh of news(change)) {
      const container = refOf(fresh);
      const last = steps.at(-1);
      steps.push({
        id: `${change.service}/inject-${container.number}`,
        action: { kind: "inject", container },
        cause: "only Compose's own start would bring its configs and secrets",
        after: last ? [last.id] : after,
      });
    }
  }
  return steps;
}

/**
 * The containers to create for the changes, and the services to name beside.
 *
 * @param done Changes that were made before.
 */
export function creationsOf(
  changes: ServiceChange[],
  { actual, services }: Pick<ScheduleFacts, "actual" | "services">,
  options: Pick<PlanOptions, "allResources">,
  done: ServiceChange[] = [],
): Creation[] {
  const counts = countsOf(actual, done);
  const count = (service: string) => counts.get(service) ?? 0;
  const creations = changes.flatMap((change) => {
    const missing = recreatedByCompose(change)
      ? 0
      : news(change).filter((x) => x.kind === "created").length;
    // Compose makes the resources that no service uses along with any service.
    if (!change.desired || (missing === 0 && !options.allResources)) return [];
    return [{ service: change.service, existing: count(change.service), missing }];
  });
  return [...creations, ...companions(creations.map((x) => x.service), services, count)];
}

/** How many containers each service has after the changes that are `done`. */
function countsOf(actual: Replica[], done: ServiceChange[]): Map<string, number> {
  return new Map([
    ...[...Map.groupBy(actual, ({ service }) => service)].map(([x, y]) => [x, y.length] as const),
    ...done.map((change) => [change.service, change.keeps.length + news(change).length] as const),
  ]);
}

/** Compose cannot scale a service with a name of its own, so only Compose can replace it. */
function recreatedByCompose(change: ServiceChange): boolean {
  return change.desired?.containerName !== undefined && change.swaps.length > 0;
}

function serviceSteps(
  change: ServiceChange,
  after: string[],
  facts: ScheduleFacts,
  done: ServiceChange[],
): Block {
  if (recreatedByCompose(change)) {
    return inSequence(after, [(after) => recreateSteps(change, after, facts, done)]);
  }
  const swapSteps = change.desired?.order === "start-first" ? startFirst : stopFirst;
  return inSequence(after, [
    (after) => swapSteps(change, after),
    (after) => addSteps(change, after),
    (after) => keepSteps(change, after),
    (after) => removeSteps(change, after),
  ]);
}

/** New one up and ready, then the old one goes, while the next new one already starts. */
function startFirst(change: ServiceChange, after: string[]): Step[] {
  const swaps = change.swaps.map((_, i) => new Swap(change, i));
  return swaps.flatMap((swap, i) => [
    swap.step(
      "start",
      i === 0 ? after : [
        swaps[i - 1].id("ready"),
        // At most two old ones end at a time, however slowly they do.
        ...(i > 1 ? [swaps[i - 2].id("remove")] : []),
      ],
    ),
    swap.step("ready", [swap.id("start")]),
    swap.step("stop", [swap.id("ready")]),
    swap.step("remove", [swap.id("stop")]),
  ]);
}

/** Old one down, new one up; the old one is removed only when the new one is ready. */
function stopFirst(change: ServiceChange, after: string[]): Step[] {
  const swaps = change.swaps.map((_, i) => new Swap(change, i));
  return swaps.flatMap((swap, i) => [
    swap.step("stop", i === 0 ? after : [swaps[i - 1].id("remove")]),
    swap.step("start", [swap.id("stop")]),
    swap.step("ready", [swap.id("start")]),
    swap.step("remove", [swap.id("ready")]),
  ]);
}

type SwapStep = "start" | "ready" | "stop" | "remove";

/** Names and makes the four steps of one replacement. */
class Swap {
  constructor(private readonly change: ServiceChange, private readonly index: number) {}

  id(kind: SwapStep): string {
    return `${this.change.service}/swap-${this.index + 1}/${kind}`;
  }

  step(kind: SwapStep, after: string[]): Step {
    const { old, new: fresh } = this.change.swaps[this.index];
    const isNew = kind === "start" || kind === "ready";
    const swap: SwapRole = {
      swap: `${this.change.service}/swap-${this.index + 1}`,
      role: isNew ? "new" : "old",
      before: isNew ? newBefore(fresh) : before(old),
    };
    const container = isNew ? refOf(fresh) : refTo(old);
    const action = this.action(kind, container);
    return { id: this.id(kind), action, cause: this.change.cause, after, swap };
  }

  private action(kind: SwapStep, container: ContainerRef): Action {
    switch (kind) {
      case "ready": {
        // What replaces a running replica must run, even where a job may end.
        const mayComplete = !isUp(this.change.swaps[this.index].old);
        return { kind, container, gate: gateOf(this.change.desired!, mayComplete) };
      }
      case "remove":
        return { kind, container, discard: false };
      default:
        return { kind, container };
    }
  }
}

/** All at once, as there is nothing to protect. */
function addSteps(change: ServiceChange, after: string[]): Step[] {
  return change.adds.flatMap((fresh) => {
    const container = refOf(fresh);
    const id = `${change.service}/add-${container.number}`;
    const swap: SwapRole = { swap: id, role: "new", before: newBefore(fresh) };
    const gate = gateOf(change.desired!, true);
    const { cause } = change;
    return [
      { id: `${id}/start`, action: { kind: "start", container }, cause, after, swap },
      {
        id: `${id}/ready`,
        action: { kind: "ready", container, gate },
        cause,
        after: [`${id}/start`],
        swap,
      },
    ] satisfies Step[];
  });
}

/** Kept replicas that do not serve must, before outdated ones that do go. */
function keepSteps(change: ServiceChange, after: string[]): Step[] {
  if (!change.removals.some(isServing)) return [];
  return change.keeps.filter((replica) => !isServing(replica)).map((replica) => ({
    id: `${change.service}/keep-${replica.number}/ready`,
    action: { kind: "ready", container: refTo(replica), gate: gateOf(change.desired!, false) },
    cause: "it is up to date, and outdated ones that serve are to go",
    after,
  }));
}

function removeSteps(change: ServiceChange, after: string[]): Step[] {
  return change.removals.flatMap((replica) => {
    const container = refTo(replica);
    const id = `${change.service}/remove-${replica.number}`;
    const swap: SwapRole = { swap: id, role: "old", before: before(replica) };
    const { cause } = change;
    return [
      { id: `${id}/stop`, action: { kind: "stop", container }, cause, after, swap },
      {
        id: `${id}/remove`,
        action: { kind: "remove", container, discard: false },
        cause,
        after: [`${id}/stop`],
        swap,
      },
    ] satisfies Step[];
  });
}

function recreateSteps(
  change: ServiceChange,
  after: string[],
  facts: ScheduleFacts,
  done: ServiceChange[],
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
  done: ServiceChange[],
): Creation[] {
  const counts = countsOf(actual, done);
  const beside = companions([service], services, (name) => counts.get(name) ?? 0);
  const names = new Set(beside.map((companion) => companion.service));
  const isMade = new Set(done.map((change) => change.service));
  const wanted = new Map(services.map((desired) => [desired.name, desired]));
  const isSettled = (replica: Replica) =>
    isMade.has(replica.service) ||
    (replica.status === "running" && replica.revision === wanted.get(replica.service)!.revision);
  return [...names].every((name) => !wanted.get(name)!.isJob) &&
      actual.filter((replica) => names.has(replica.service)).every(isSettled)
    ? beside
    : [];
}

function verifySteps(changes: ServiceChange[], after: string[], options: PlanOptions): Step[] {
  const timeoutMs = options.waitTimeoutS === undefined ? undefined : options.waitTimeoutS * 1000;
  return changes.flatMap(({ service, desired }) => {
    if (!desired || desired.replicas === 0) return [];
    const gate: Gate = { monitorMs: 0, mayComplete: desired.isJob, health: true };
    const action: Action = { kind: "verify", service, gate, timeoutMs };
    return [{ id: `${service}/wait`, action, cause: "asked by --wait", after }];
  });
}

function gateOf(service: DesiredService, mayComplete: boolean): Gate {
  return {
    monitorMs: service.monitorMs,
    mayComplete: mayComplete || service.isJob,
    health: true,
  };
}

function before(replica: Replica): SwapRole["before"] {
  return isServing(replica) ? "serving" : isUp(replica) ? "up" : "down";
}

function newBefore(fresh: NewReplica): SwapRole["before"] {
  return fresh.kind === "created" || fresh.replica.status === "created" ? "new" : "down";
}

function refOf(fresh: NewReplica): ContainerRef {
  if (fresh.kind === "existing") return refTo(fresh.replica);
  const { service, number, index } = fresh;
  return { kind: "new", service, number, index };
}

function refTo({ service, number, id }: Replica): ContainerRef {
  return { kind: "known", service, number, id };
}
