import type { Programs } from "../engine/programs.ts";
import { KerekError } from "../errors.ts";
import { allImages, lookAtNames, type Store, storeOf } from "./look.ts";
import {
  type ImageTransfer,
  isNeeded,
  isTag,
  type KnownImage,
  planTransfers,
  type TransferRules,
} from "./plan.ts";

/** What follows from a look at both engines. */
export interface Comparison {
  transfers: ImageTransfer[];
  /** How the destination stores images. */
  store: Store;
  /** Whether the source stores them in another way. */
  storesDiffer: boolean;
}

/**
 * Finds out which of the images have to travel, and what of them.
 *
 * @throws {KerekError} if the source lacks one of them.
 */
export async function compareImages(
  names: string[],
  { force: isForced, byName: isByName }: { force?: boolean; byName?: boolean },
  { source, destination }: { source: Programs; destination: Programs },
): Promise<Comparison> {
  const [here, named, ...stores] = await Promise.all([
    lookAtNames(source, names),
    lookAtNames(destination, names),
    storeOf(source),
    storeOf(destination),
  ]);
  refuseMissing(names, here);
  await addUntagged(here, named, destination);
  const store = stores[1];
  const storesDiffer = stores[0] !== store;
  const rules: TransferRules = { isForced, isByName, storesDiffer };
  // What else the destination has matters only if something is needed.
  const isAllThere = !planTransfers(here, { named, all: [] }, rules).some(isNeeded);
  const all = isAllThere ? [] : await allImages(destination);
  return { transfers: planTransfers(here, { named, all }, rules), store, storesDiffer };
}

function refuseMissing(names: string[], here: ReadonlyMap<string, KnownImage>): void {
  const missing = names.filter((name) => !here.has(name));
  if (missing.length === 0) return;
  throw new KerekError(`Cannot transfer ${missing.join(", ")}: not on the source host`, {
    hint: "Pull or build first, or see that DOCKER_HOST and DOCKER_CONTEXT name the right host.",
  });
}

/** Names with a digest are given by registries alone, so that an image may be there without. */
async function addUntagged(
  here: ReadonlyMap<string, KnownImage>,
  named: Map<string, KnownImage>,
  destination: Programs,
): Promise<void> {
  const untagged = [...here].filter(([name, image]) => !named.has(name) && !isTag(name, image));
  const found = await lookAtNames(destination, untagged.map(([, { id }]) => id));
  for (const [name, { id }] of untagged) {
    const image = found.get(id);
    if (image) named.set(name, image);
  }
}
