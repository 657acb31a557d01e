import { byCodePoint } from "./consider.ts";
import { composeNumber, freeNumbers, isYetToBeNumbered } from "./numbers.ts";
import type {
  DesiredService,
  NewReplica,
  PlanOptions,
  Replica,
  ServiceChange,
  SwapChange,
} from "./model.ts";

/**
 * What must change so that each considered service has its wanted replicas, all of its wanted
 * revision. Up-to-date replicas that run are kept before anything else is decided.
 *
 * @param considered Services in the order to change them.
 * @param actual Containers of the considered services and of orphans.
 * @param orphans Whether containers of other services than those considered are to go.
 */
export function diff(
  considered: DesiredService[],
  actual: Replica[],
  options: Pick<PlanOptions, "forceRecreate" | "build" | "removeOrphans" | "renewAnonVolumes">,
): ServiceChange[] {
  const byService = Map.groupBy(actual, (replica) => replica.service);
  const [replaced, renewed] = [new Set<string>(), new Set<string>()];
  const changes = considered.map((service) => {
    const replicas = byService.get(service.name) ?? [];
    const causes: ForcedCauses = {
      shared: service.sharesWith.find((other) => replaced.has(other)),
      restarting: (replica) =>
        service.restartsWith?.find((other) =>
          renewed.has(other) || isOlder(replica, byService.get(other) ?? [])
        ),
    };
    const change = diffService(service, replicas, causes, options);
    if (losesFirst(change, replicas)) replaced.add(service.name);
    if (change.swaps.length > 0) renewed.add(service.name);
    return change;
  });
  if (!options.removeOrphans) return changes;
  const known = new Set(considered.map((service) => service.name));
  return [...changes, ...orphanRemovals(byService, known)];
}

/** Why replicas of a service are outdated that are what the files say. */
interface ForcedCauses {
  /** A service whose container it shares, and that is replaced. */
  shared?: string;
  /** A service that it is to restart with, and that is or was replaced since it was started. */
  restarting(replica: Replica): string | undefined;
}

/** Whether it was started before all replicas of another service were created. */
function isOlder({ startedAt }: Replica, others: Replica[]): boolean {
  return startedAt !== undefined && others.length > 0 &&
    others.every(({ createdAt }) => createdAt !== undefined && createdAt > startedAt);
}

/** Whether what others share with the service changes; Compose takes its first container for that. */
function losesFirst({ keeps, swaps, adds }: ServiceChange, replicas: Replica[]): boolean {
  const first = replicas.toSorted((a, b) => composeNumber(a) - composeNumber(b)).at(0);
  if (!first) return swaps.length + adds.length > 0;
  const goesOn = swaps.some((x) =>
    x.new.kind === "existing" && x.new.replica === first && isUp(first)
  );
  return !goesOn && !keeps.includes(first);
}

function diffService(
  service: DesiredService,
  replicas: Replica[],
  causes: ForcedCauses,
  options: Pick<PlanOptions, "forceRecreate" | "build" | "renewAnonVolumes">,
): ServiceChange {
  const isCurrent = (replica: Replica) =>
    replica.revision === service.revision && !hasOldImage(replica, service) &&
    replica.changedFile === undefined && !causes.shared &&
    !causes.restarting(replica) && !options.forceRecreate;
  // A job has done what it is there for.
  const isFine = (replica: Replica) =>
    (isUp(replica) && !replica.isHidden) || (service.isJob && replica.hasCompleted);
  const current = replicas.filter((x) => isCurrent(x) && isFine(x)).sort(byWorth);
  const good = current.slice(0, service.replicas);
  const outdated = replicas.filter((replica) => !isCurrent(replica));
  const olderOnes = outdated.filter(hasRun).length;
  const excess = Math.min(olderOnes, current.length + olderOnes - service.replicas);
  const unproven = unprovenOf(service, good, excess);
  const keeps = good.filter((replica) => !unproven.includes(replica));
  const revivable = replicas
    .filter((x) => isCurrent(x) && !isFine(x) && canStart(x, replicas, options)).sort(upFirst)
    .slice(0, service.replicas - good.length);

  const missing = service.replicas - good.length - revivable.length;
  const news: NewReplica[] = [
    ...[...unproven, ...revivable].map((replica) => ({ kind: "existing" as const, replica })),
    ...toCreate(service, replicas, missing),
  ];
  const staying = new Set([...good, ...revivable]);
  const waiting = new Set(replicas.filter((replica) => wasStopped(service, replica, replicas)));
  // What waits to be put back is, if its replacement fails; so it gets one first.
  const others = replicas.filter((replica) => !staying.has(replica)).sort((a, b) =>
    rank(a) - rank(b) || Number(waiting.has(b)) - Number(waiting.has(a)) || byNumber(a, b)
  );
  const olds = service.update.order === "start-first" ? others : roomFirst(others, news.length);
  const swaps = news.slice(0, olds.length).map((fresh, i): SwapChange => {
    const swap = { old: olds[i], new: fresh };
    return {
      ...swap,
      ...(carriesVolumes(service, swap, options) ? { carriesVolumes: true } : {}),
      ...(waiting.has(olds[i]) ? { wasStopped: true } : {}),
    };
  });
  const change = {
    service: service.name,
    desired: service,
    keeps: keeps.sort(byNumber),
    swaps,
    adds: news.slice(olds.length),
    removals: olds.slice(swaps.length),
  };
  return { ...change, cause: causeOf(service, replicas, change, causes, options) };
}

/** A container that never ran stands for no replica that others could be in excess of. */
const hasRun = ({ status }: Replica) => status !== "created";

/**
 * Up-to-date replicas that an update which was cut off has brought up and not tried to the end. As an
 * old one goes only when its successor has passed, there are as many as there are replicas in excess
 * of the wanted ones: those that do not serve, and else the newest.
 */
function unprovenOf(
  { isJob, containerName }: DesiredService,
  good: Replica[],
  excess: number,
): Replica[] {
  // What Compose replaces itself is not replaced side by side, and a job ends when it is done.
  if (excess <= 0 || isJob || containerName !== undefined) return [];
  return good.filter(({ status }) => status === "running" || status === "restarting")
    .sort((a, b) => Number(isServing(a)) - Number(isServing(b)) || byAge(b, a)).slice(0, excess);
}

/**
 * Whether a deploy that was cut off has stopped a replica: it does not run, and another one of
 * another revision came after it.
 */
function wasStopped({ isJob }: DesiredService, replica: Replica, replicas: Replica[]): boolean {
  return replica.status === "exited" && !isJob &&
    replicas.some((other) => other.revision !== replica.revision && byAge(other, replica) > 0);
}

/** The oldest first. */
function byAge(a: Replica, b: Replica): number {
  const [from, to] = [a.createdAt, b.createdAt];
  return (from !== undefined && to !== undefined ? from - to : 0) ||
    composeNumber(a) - composeNumber(b);
}

/**
 * Whether volumes without a name are handed on, as Compose's own replacement does: not while the
 * old replica writes to them, not to one that has run and may have newer data, and not where they
 * may be another service's (`volumes_from`).
 */
function carriesVolumes(
  { update, sharesWith, containerName }: DesiredService,
  { old, new: fresh }: SwapChange,
  { renewAnonVolumes }: Pick<PlanOptions, "renewAnonVolumes">,
): boolean {
  const isUnused = fresh.kind === "created" || fresh.replica.status === "created";
  return old.anonymousVolumes !== undefined && isUnused && !renewAnonVolumes &&
    update.order === "stop-first" && sharesWith.length === 0 && containerName === undefined;
}

/** Whether the image's name stands for another image since the container was created. */
function hasOldImage({ imageIds }: Replica, { imageId }: DesiredService): boolean {
  return imageId !== undefined && imageIds !== undefined && !imageIds.includes(imageId);
}

function toCreate(service: DesiredService, replicas: Replica[], count: number): NewReplica[] {
  return freeNumbers(replicas, count).map((number, index) => ({
    kind: "created",
    service: service.name,
    index,
    number,
  }));
}

function orphanRemovals(
  byService: Map<string, Replica[]>,
  known: Set<string>,
): ServiceChange[] {
  return [...byService.keys()].filter((name) => !known.has(name)).sort(byCodePoint)
    .map((service) => ({
      service,
      cause: "no longer in the Compose files",
      keeps: [],
      swaps: [],
      adds: [],
      removals: byService.get(service)!.sort(byNumber),
    }));
}

/** Whether the engine keeps the container going, healthy or not. */
export function isUp(replica: Replica): boolean {
  return replica.status === "running" || replica.status === "restarting" ||
    replica.status === "paused";
}

/** Whether a replica can be taken to answer requests. */
export function isServing(replica: Replica): boolean {
  return replica.status === "running" && (replica.health ?? "healthy") === "healthy" &&
    !replica.isHidden;
}

/** Whether it can be brought up without making another one. */
function canStart(
  replica: Replica,
  replicas: Replica[],
  options: Pick<PlanOptions, "build">,
): boolean {
  // It was cut off on its way into service, and goes on from there.
  if (replica.isHidden && replica.status === "running") return true;
  if (replica.status !== "created") return replica.status === "exited";
  // After a build, a container that never ran may still hold the image from before it.
  return !options.build && !isYetToBeNumbered(replica, replicas);
}

const byNumber = (a: Replica, b: Replica) => a.number - b.number;

const upFirst = (a: Replica, b: Replica) => Number(isUp(b)) - Number(isUp(a)) || byNumber(a, b);

function byWorth(a: Replica, b: Replica): number {
  return rank(b) - rank(a) || byNumber(a, b);
}

/**
 * The old replicas in the order to swap them where an old one goes before its new one comes. What
 * is down already, such as after an interruption, has left room, which is taken first; the other
 * new replicas take the room of what still runs.
 */
function roomFirst(olds: Replica[], news: number): Replica[] {
  const [up, down] = [olds.filter(isUp), olds.filter((replica) => !isUp(replica))];
  const room = Math.max(0, news - up.length);
  return [...down.slice(0, room), ...up, ...down.slice(room)];
}

function rank(replica: Replica): number {
  if (replica.isHidden) return 0;
  if (isServing(replica)) return 3;
  if (replica.status === "running") return replica.health === "starting" ? 2 : 1;
  return 0;
}

function causeOf(
  service: DesiredService,
  replicas: Replica[],
  change: Omit<ServiceChange, "cause">,
  { shared, restarting }: ForcedCauses,
  options: Pick<PlanOptions, "forceRecreate">,
): string {
  if (change.swaps.length + change.adds.length + change.removals.length === 0) return "";
  if (replicas.length === 0) return "not there yet";
  if (options.forceRecreate) return "asked by --force-recreate";
  if (shared) return `shares with ${shared}, which is replaced`;
  const outdated = replicas.find((replica) => replica.revision !== service.revision);
  if (outdated) {
    return `config hash ${short(outdated.revision)} → ${short(service.revision)}`;
  }
  const old = replicas.find((replica) => hasOldImage(replica, service));
  if (old) return `image ${service.image} ${short(old.imageIds![0])} → ${short(service.imageId!)}`;
  const changed = replicas.find(({ changedFile }) => changedFile !== undefined);
  if (changed) return `content of ${changed.changedFile} has changed`;
  if (replicas.some((replica) => replica.isHidden)) return "hidden from DNS";
  const partner = replicas.map(restarting).find((name) => name !== undefined);
  if (partner !== undefined) return `restarts with ${partner}, which is replaced`;
  if (replicas.length !== service.replicas) {
    return `replicas ${replicas.length} → ${service.replicas}`;
  }
  return "not running";
}

const short = (revision: string) => revision.slice(0, 7) || "none";
