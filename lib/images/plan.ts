/** An image as an engine knows it. */
export interface KnownImage {
  /** Its id, without `sha256:`. */
  id: string;
  /** Digests of its unpacked layers, the lowest first. */
  layers: string[];
  /**
   * What its containers get, put into one line: unlike ids, this is the same in whatever way an
   * engine stores images.
   */
  content: string;
}

/** How an image gets to its name on the destination. */
export type Way =
  /** Not at all, as it is there. */
  | { kind: "leave" }
  /** It is there, or will be after another transfer, and only gets one more name. */
  | { kind: "tag"; target: string; after?: string }
  /** Without the layers that another image has, which is there, or will be after another transfer. */
  | { kind: "layers"; base: string; omitted: string[]; after?: string }
  /** With all that belongs to it. */
  | { kind: "whole" };

/** What is known of an image by one name, and what follows from that. */
export interface ImageTransfer {
  /** Name of the image. */
  name: string;
  /** What the name stands for on the source. */
  source: KnownImage;
  /** What the name stands for on the destination; absent: nothing. */
  destination?: KnownImage;
  /** How it gets there. */
  way: Way;
}

/** What an engine has. */
export interface Inventory {
  /** What the names stand for, of those that stand for anything. */
  named: ReadonlyMap<string, KnownImage>;
  /** All images, named or not. */
  all: readonly KnownImage[];
}

/** By what a plan goes. */
export interface TransferRules {
  /** All images travel, and wholly. */
  isForced?: boolean;
  /** An image is there if its name is, whatever that stands for. */
  isByName?: boolean;
  /**
   * The two engines store images in different ways, as Docker's containerd image store and its
   * classic store do, so that their ids never match.
   */
  storesDiffer?: boolean;
}

/**
 * Decides which images have to travel, and what of them.
 *
 * Only layers at the bottom that the image shares with one other image are left out: an engine
 * knows an unpacked layer by all those beneath it, and the same one upon others is another to it.
 * A layer that comes again further up travels, as an engine would look for it in the archive.
 */
export function planTransfers(
  source: ReadonlyMap<string, KnownImage>,
  there: Inventory,
  rules: TransferRules = {},
): ImageTransfer[] {
  const transfers: ImageTransfer[] = [];
  for (const [name, image] of source) {
    const destination = there.named.get(name);
    const way = isThere(image, destination, rules)
      ? { kind: "leave" } as const
      : wayOf(name, image, there.all, transfers, rules);
    transfers.push({ name, source: image, ...(destination ? { destination } : {}), way });
  }
  return transfers;
}

function isThere(image: KnownImage, there: KnownImage | undefined, rules: TransferRules): boolean {
  if (rules.isForced || !there) return false;
  return rules.isByName || isSame(image, there, rules);
}

function wayOf(
  name: string,
  image: KnownImage,
  there: readonly KnownImage[],
  earlier: ImageTransfer[],
  rules: TransferRules,
): Way {
  if (!isTag(name, image)) return { kind: "whole" };
  const twin = earlier.find((x) => bringsAnImage(x) && x.source.id === image.id);
  if (twin) return { kind: "tag", target: twin.name, after: twin.name };
  if (rules.isForced) return { kind: "whole" };
  const same = there.find((other) => isSame(image, other, rules));
  if (same) return { kind: "tag", target: same.id };
  return withoutLayersOf(closest(image, there, earlier), image);
}

interface Base {
  image: KnownImage;
  after?: string;
}

/** The image that shares most layers; rather one that is there than one that has yet to come. */
function closest(
  image: KnownImage,
  there: readonly KnownImage[],
  earlier: ImageTransfer[],
): Base | undefined {
  const candidates: Base[] = [
    ...there.map((image) => ({ image })),
    ...earlier.filter(bringsAnImage).map(({ source, name }) => ({ image: source, after: name })),
  ];
  let best: Base | undefined;
  let most = 0;
  for (const candidate of candidates) {
    const shared = sharedLayers(image, candidate.image).length;
    if (shared > most) [best, most] = [candidate, shared];
  }
  return best;
}

function withoutLayersOf(base: Base | undefined, image: KnownImage): Way {
  if (!base) return { kind: "whole" };
  const shared = sharedLayers(image, base.image);
  const others = new Set(image.layers.slice(shared.length));
  const omitted = [...new Set(shared)].filter((layer) => !others.has(layer));
  if (omitted.length === 0) return { kind: "whole" };
  const after = base.after === undefined ? {} : { after: base.after };
  return { kind: "layers", base: base.image.id, omitted, ...after };
}

/** Layers that both have at the bottom. */
function sharedLayers({ layers }: KnownImage, other: KnownImage): string[] {
  const end = layers.findIndex((layer, i) => layer !== other.layers[i]);
  return end < 0 ? layers : layers.slice(0, end);
}

const bringsAnImage = ({ way }: ImageTransfer): boolean =>
  way.kind === "whole" || way.kind === "layers";

/** Whether two images are the same to who runs containers of them. */
export function isSame(a: KnownImage, b: KnownImage, { storesDiffer }: TransferRules): boolean {
  return a.id === b.id || storesDiffer === true && a.content === b.content;
}

/** Whether an image can be given this name, which a digest or an id is not. */
export function isTag(name: string, { id }: Pick<KnownImage, "id">): boolean {
  if (name.includes("@")) return false;
  const [, digits] = /^(?:sha256:)?([0-9a-f]{4,64})$/.exec(name) ?? [];
  return digits === undefined || !id.startsWith(digits);
}

/** Whether something has to be done for it. */
export const isNeeded = ({ way }: ImageTransfer): boolean => way.kind !== "leave";
