import { KerekError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Replica } from "../plan/model.ts";
import { type Entry, isAsKept, isGood, type KeptService } from "./entry.ts";

/** What a rollback is asked for. */
export interface Wish {
  project: string;
  /** Services to take back; empty: all. */
  services: string[];
  /** The entry to go back to; absent: {@linkcode previous} decides. */
  to?: number;
  /** Whether services that the entry does not have are to go. */
  removeOrphans?: boolean;
}

/**
 * The entry that a rollback goes back to.
 *
 * @throws {KerekError} if there is none.
 */
export function chooseTarget<E extends Entry>(entries: E[], replicas: Replica[], wish: Wish): E {
  const known = [...new Set(entries.flatMap(({ services }) => services.map(({ name }) => name)))];
  for (const name of wish.services) {
    if (known.length > 0 && !known.includes(name)) throw unknown(name, known, entries);
  }
  const target = wish.to === undefined
    ? previous(entries, replicas, wish)
    : numbered(entries, wish.to, wish);
  const lacking = wish.services.find((name) =>
    !target.services.some((service) => service.name === name)
  );
  if (lacking === undefined) return target;
  throw none(lacking, `entry ${target.number} has no such service`);
}

/**
 * The state before the present one: the last good entry if what runs is not what that left, or if
 * a deploy after it failed; else the last one before it that would change something that runs.
 */
function previous<E extends Entry>(
  entries: E[],
  replicas: Replica[],
  { project, services, removeOrphans }: Wish,
): E {
  const good = entries.filter(isGood);
  const last = good.at(-1);
  if (!last) throw none(project, "its history has no deploy that went well");
  const isMeant = ({ name }: { name: string }) => services.length === 0 || services.includes(name);
  const kept = last.services.filter(isMeant);
  if (entries.at(-1) !== last || !isRunning(kept, replicas)) return last;
  if (replicas.length === 0 && services.length === 0 && kept.some((x) => x.replicas > 0)) {
    throw none(project, "none of it is there, so that nothing can be taken back");
  }
  const now = new Map(kept.map((service) => [service.name, service]));
  for (const entry of good.toReversed()) {
    const then = entry.services.filter(isMeant);
    if (then.length < services.length) continue;
    if (then.some((service) => changes(service, now.get(service.name), replicas))) return entry;
    const added = services.length > 0 ? [] : addedSince(entry, kept, replicas);
    if (added.length === 0) continue;
    if (removeOrphans) return entry;
    throw none(
      project,
      `since entry ${entry.number}, only ${added.join(", ")} came, which it would leave running`,
      "--remove-orphans takes that away; --to N goes further back, see `kerek history`.",
    );
  }
  const what = services.length > 0 ? services.join(", ") : "what runs";
  throw none(project, `no entry of its history would change ${what}`);
}

/** Whether a service as it was then is another one than it is now. */
function changes(
  then: KeptService,
  now: KeptService | undefined,
  replicas: Replica[],
): boolean {
  if (now) return !isSame(then, now);
  // The last entry does not have it; one that the entry before it left may run yet.
  const own = replicas.filter(({ service }) => service === then.name);
  return own.length === 0 || !isRunning([then], own);
}

/** Services that are there now, and were not when an entry was made. */
function addedSince(
  { services, inactive = [] }: Entry,
  now: KeptService[],
  replicas: Replica[],
): string[] {
  const known = new Set([...services.map(({ name }) => name), ...inactive]);
  return now.map(({ name }) => name).filter((name) =>
    !known.has(name) && replicas.some(({ service }) => service === name)
  );
}

function numbered<E extends Entry>(entries: E[], number: number, { project }: Wish): E {
  const found = entries.find((entry) => entry.number === number);
  if (!found) throw none(project, `its history has no entry ${number}`);
  if (isGood(found)) return found;
  throw none(project, `deploy ${number} did not go well (${found.outcome})`);
}

function unknown(name: string, known: string[], entries: Entry[]): KerekError {
  const isNumber = entries.some(({ number }) => String(number) === name);
  const guess = isNumber ? `--to ${name}` : nearest(name, known);
  return new KerekError(`Cannot roll back ${name}: the history has no such service`, {
    hint: guess ? `Did you mean ${guess}?` : `Services are: ${known.sort().join(", ") || "none"}.`,
  });
}

function none(
  project: string,
  reason: string,
  hint = "`kerek history` lists what there is; --to N takes one of these.",
): KerekError {
  return new KerekError(`Cannot roll back ${project}: ${reason}`, { hint });
}

/** Whether no replica is of another version. How many there are, and how they are, is no matter. */
function isRunning(services: KeptService[], replicas: Replica[]): boolean {
  return services.every((service) =>
    replicas.filter((replica) => replica.service === service.name)
      .every((replica) => isAsKept(replica, service))
  );
}

function isSame(one: KeptService, other: KeptService): boolean {
  return one.imageId === other.imageId && one.replicas === other.replicas &&
    (one.revisions.length === 0 || other.revisions.length === 0 ||
      one.revisions.some((revision) => other.revisions.includes(revision)));
}
