import * as argv from "../engine/argv.ts";
import type { ServiceChange } from "../plan/model.ts";
import { newReplicas } from "../plan/refs.ts";
import { type Configuration, configurationOf, withOlder } from "./configuration.ts";
import { discardPrepared } from "./discard_prepared.ts";
import { type Entry, isGood, type KeptService, type TriedImage } from "./entry.ts";
import type { Deploying, Finished } from "./finished.ts";
import { HistoryStore, type Prepared, type StoredEntry } from "./history_store.ts";
import type { Origin } from "./origin.ts";

/** What an entry is made of and can be found out while the deploy is under way. */
export interface Groundwork {
  /** The history so far. */
  entries: StoredEntry[];
  origin: Origin;
  inactive?: string[];
  /** The entry as it is if all goes well; absent: it is made in the end. */
  prepared?: Prepared;
}

/**
 * Looks that up, while the deploy has the project's lock.
 *
 * @throws {KerekError} if the history cannot be read.
 */
export async function lookUp(deploying: Deploying): Promise<Groundwork> {
  const { programs, project } = deploying.planned;
  const [entries, origin, inactive] = await Promise.all([
    new HistoryStore(programs, project.name).list(),
    deploying.origin,
    inactiveOf(deploying),
  ]);
  return { entries, origin, inactive };
}

/**
 * Looks up what an entry is made of and makes one, as it will be if all goes well.
 *
 * @throws {KerekError} if the history cannot be read.
 */
export async function prepareEntry(deploying: Deploying): Promise<Groundwork> {
  const groundwork = await lookUp(deploying);
  const { programs, project } = deploying.planned;
  // Podman does not tell when an image got its name, which is when the deploy will have ended.
  if (programs.clients.isPodman) return groundwork;
  const store = new HistoryStore(programs, project.name);
  try {
    const { services, configuration } = await outcomeOf(deploying, groundwork, store);
    const draft = { ...bareEntry(deploying, groundwork), outcome: "done" as const, services };
    const prepared = await store.prepare(draft, configuration, deploying.elapsedMs);
    return { ...groundwork, prepared };
  } catch {
    // In the end it is tried again, and told of.
    await discardPrepared(programs, project.name);
    return groundwork;
  }
}

/**
 * Adds a deploy to the history of its project, while it has the lock.
 *
 * @returns the number of its entry.
 * @throws {KerekError} if that cannot be done.
 */
export async function keepEntry(finished: Finished, groundwork: Groundwork): Promise<number> {
  const { planned: { programs, project }, execution: { outcome }, durationMs } = finished;
  const store = new HistoryStore(programs, project.name);
  const { historySize: size } = project;
  const bare = {
    ...bareEntry(finished, groundwork),
    outcome,
    durationMs: Math.round(durationMs),
    services: [],
  };
  if (outcome !== "done") {
    const failed = { ...bare, ...stayed(finished), tried: triedImages(finished) };
    return await store.add(failed, { size });
  }
  const { prepared } = groundwork;
  if (prepared) {
    try {
      return await store.addPrepared(prepared, size);
    } catch {
      // Somebody has removed it.
    }
  }
  const { services, configuration } = await outcomeOf(finished, groundwork, store);
  return await store.add({ ...bare, services }, { configuration, size });
}

function bareEntry(
  { planned: { plan }, owner, basis }: Deploying,
  { origin, inactive }: Groundwork,
): Pick<Entry, "owner" | "rollbackTo" | "changed" | "directory" | "files" | "inactive"> {
  return {
    owner,
    ...(basis ? { rollbackTo: basis.entry.number } : {}),
    changed: plan.changes.filter(({ cause }) => cause !== "").map(({ service }) => service),
    ...origin,
    ...(inactive ? { inactive } : {}),
  };
}

/** What is there when all has gone well. */
async function outcomeOf(
  deploying: Deploying,
  { entries }: Groundwork,
  store: HistoryStore,
): Promise<{ services: KeptService[]; configuration: Configuration }> {
  const last = entries.findLast(isGood);
  const own = keptServices(deploying);
  const names = new Set(own.map(({ name }) => name));
  const others = isPartial(deploying)
    ? last?.services.filter(({ name }) => !names.has(name)) ?? []
    : [];
  const services = await withDigests(store, [...own, ...others]);
  const current = deploying.basis?.kept ?? configurationOf(deploying.planned.source);
  const configuration = others.length > 0
    ? withOlder(current, await store.configuration(last!), others.map(({ name }) => name))
    : current;
  return { services, configuration };
}

const isPartial = ({ basis, options }: Deploying): boolean =>
  basis ? basis.isPartial : options.services.length > 0;

/** What is left alone as its profile is not active, which the resolved files do not say. */
async function inactiveOf({ planned, basis }: Deploying): Promise<string[] | undefined> {
  if (basis) return basis.entry.inactive;
  const { programs, project } = planned;
  const { code, stdout } = await programs.tryCompose(["--profile", "*", ...argv.composeServices()]);
  if (code !== 0) return undefined;
  const active = new Set(project.services.map(({ name }) => name));
  return stdout.split("\n").filter((name) => name !== "" && !active.has(name)).sort();
}

/** What a failed deploy has done all the same. */
function stayed({ execution: { services } }: Finished): Pick<Entry, "stayed"> {
  const names = services.filter(({ kind }) => kind === "updated" || kind === "partly")
    .map(({ service }) => service);
  return names.length > 0 ? { stayed: names } : {};
}

/** What services were to run. */
function triedImages({ planned: { plan, imageIds } }: Finished): TriedImage[] {
  return plan.changes.flatMap(({ cause, desired }): TriedImage[] => {
    if (cause === "" || !desired) return [];
    const imageId = imageIds.get(desired.image);
    return [{
      name: desired.name,
      image: desired.image,
      ...imageId ? { imageId } : {},
      ...desired.sharesWith.length > 0 ? {} : { revision: desired.revision },
    }];
  });
}

/** What a service is after its change. */
function keptServices({ planned: { plan, imageIds }, basis }: Deploying): KeptService[] {
  const earlier = new Map(basis?.entry.services.map((service) => [service.name, service]));
  return plan.changes.flatMap((change): KeptService[] => {
    const { desired } = change;
    if (!desired) return [];
    const imageId = imageOf(change, imageIds);
    const before = earlier.get(desired.name);
    const revisions = [desired.revision, ...before?.revisions ?? []];
    return [{
      name: desired.name,
      image: before?.image ?? desired.image,
      ...(imageId === undefined ? {} : { imageId }),
      digests: [],
      revisions: desired.sharesWith.length > 0 ? [] : [...new Set(revisions)],
      replicas: desired.replicas,
    }];
  });
}

/** The image of a service's newest replica. */
function imageOf(change: ServiceChange, imageIds: Map<string, string>): string | undefined {
  const news = newReplicas(change);
  if (news.some(({ kind }) => kind === "created")) return imageIds.get(change.desired!.image);
  const revived = news.flatMap((fresh) => fresh.kind === "existing" ? [fresh.replica] : []);
  return [...change.keeps, ...revived].at(-1)?.imageIds?.at(-1);
}

async function withDigests(store: HistoryStore, services: KeptService[]): Promise<KeptService[]> {
  const ids = new Set(services.flatMap(({ imageId }) => imageId ?? []));
  const images = await store.images([...ids]);
  return services.map((service) => ({
    ...service,
    digests: images.get(service.imageId ?? "")?.digests ?? service.digests,
  }));
}
