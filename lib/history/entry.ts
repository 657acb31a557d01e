import type { Outcome } from "../execute/events.ts";
import type { Replica } from "../plan/model.ts";

/** A deploy that changed something, as a project's history keeps it. */
export interface Entry {
  /** Counts from 1; what `--to` takes. */
  number: number;
  /** When it ended, by the engine's clock, as an ISO date. */
  at: string;
  /** `user@host`. */
  owner: string;
  /** How it ended. */
  outcome: Outcome;
  /** How long it took, in milliseconds. */
  durationMs: number;
  /** The entry that it went back to; absent: it was no rollback. */
  rollbackTo?: number;
  /** Services that it changed, or was to change. */
  changed: string[];
  /** Where the project was, on the machine of its owner. */
  directory: string;
  /** The Compose files that it was made of, as far as they could be read. */
  files: HashedFile[];
  /** Services that the files defined and whose profile was not active; absent: not known. */
  inactive?: string[];
  /** What every service was from then on; empty unless all went well. */
  services: KeptService[];
  /** Services of which something was done and stays, although it failed; absent: none. */
  stayed?: string[];
  /** What was to run, of services that it was to change; absent if all went well. */
  tried?: TriedImage[];
}

/** The image that a service was to run. */
export interface TriedImage {
  /** The service. */
  name: string;
  /** Its image as the Compose files name it. */
  image: string;
  /** What that name stood for, without `sha256:`; absent if that was not known. */
  imageId?: string;
  /** Its config hash; absent where that has ids of other containers in it. */
  revision?: string;
}

/** A file by its content. */
export interface HashedFile {
  /** Where it is, relative to the project's folder if it is in there. */
  path: string;
  /** Its hash, in hexadecimal. */
  sha256: string;
}

/** A service as a deploy left it. */
export interface KeptService {
  /** Its name in the Compose files. */
  name: string;
  /** Its image as the Compose files name it. */
  image: string;
  /** What that name stood for, without `sha256:`; absent if there was no replica to tell. */
  imageId?: string;
  /** Names of the image in registries that never mean another one, such as `app@sha256:…`. */
  digests: string[];
  /**
   * Config hashes of its replicas, that of new ones first. Empty where the hash has ids of other
   * containers in it, and so tells nothing later on.
   */
  revisions: string[];
  /** How many of them there were. */
  replicas: number;
}

/** How many entries are kept, of those that went well and of the others, unless told otherwise. */
export const keptEntries = 10;

/** Whether it is known in full what the deploy led to, so that there is something to go back to. */
export const isGood = ({ outcome }: Entry): boolean => outcome === "done";

/** Entries, oldest first, that are too many when another one is added, of `size` that are kept. */
export function surplus(entries: Entry[], added: Entry, size = keptEntries): Entry[] {
  const alike = entries.filter((entry) => isGood(entry) === isGood(added));
  return alike.slice(0, Math.max(0, alike.length + 1 - size));
}

/** The number of the next entry. */
export const nextNumber = (entries: Entry[]): number => (entries.at(-1)?.number ?? 0) + 1;

/** Ids of images that `entry` needs and none of the `others` does. */
export function imagesOfItsOwn(entry: Entry, others: Entry[]): string[] {
  const needed = new Set(others.flatMap(imagesOf));
  return imagesOf(entry).filter((id) => !needed.has(id));
}

/** Ids of the images that an entry's services have. */
export function imagesOf({ services }: Pick<Entry, "services">): string[] {
  return [...new Set(services.flatMap(({ imageId }) => imageId ?? []))];
}

/** Whether a replica is what an entry says of its service, whatever else it is called by now. */
export function isAsKept(
  { revision, imageIds }: Pick<Replica, "revision" | "imageIds">,
  { revisions, imageId }: KeptService,
): boolean {
  return (revisions.length === 0 || revisions.includes(revision)) &&
    (imageId === undefined || imageIds === undefined || imageIds.includes(imageId));
}
