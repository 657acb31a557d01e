/** An image as an engine knows it. */
export interface KnownImage {
  /** Its id, without `sha256:`. */
  id: string;
  /** Digests of its unpacked layers, the lowest first. */
  layers: string[];
}

/** What is known of an image by one name, and what follows from that. */
export interface ImageTransfer {
  name: string;
  source: KnownImage;
  /** What the name stands for on the destination; absent: nothing. */
  destination?: KnownImage;
  /** Whether it has to travel. */
  isNeeded: boolean;
}

/**
 * Decides which images have to travel: those that the destination does not have, or that it has
 * another image for by the same name, as `latest` is likely to be after a while.
 *
 * Ids decide. Where the two engines store images differently (containerd's image store on one side
 * only), their ids never match, so that the image travels again: too much rather than too little.
 */
export function planTransfer(
  source: ReadonlyMap<string, KnownImage>,
  destination: ReadonlyMap<string, KnownImage>,
  isForced: boolean,
): ImageTransfer[] {
  return [...source].map(([name, image]) => {
    const there = destination.get(name);
    const isNeeded = isForced || there?.id !== image.id;
    return { name, source: image, ...(there ? { destination: there } : {}), isNeeded };
  });
}

/** Why an image is copied or not, in a few words. */
export function causeOf({ source, destination, isNeeded }: ImageTransfer): string {
  if (!destination) return "it is not there";
  if (destination.id === source.id) return isNeeded ? "asked by --force" : "it is there already";
  return `another image has that name there: ${short(destination.id)} → ${short(source.id)}`;
}

/** Whether what has arrived is what was sent: the same id, or in another kind of store, content. */
export function hasArrived(sent: KnownImage, seen: KnownImage | undefined): boolean {
  if (!seen) return false;
  return seen.id === sent.id || seen.layers.join() === sent.layers.join();
}

/** Names out of operands and lines of standard input: trimmed, each once, in order. */
export function imageNames(operands: string[], stdin: string): string[] {
  const names = operands.flatMap((name) => name === "-" ? stdin.split("\n") : [name]);
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ""))];
}

/** How much, in the units that Docker's clients print. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3).replace(/\.0+$/, "")} ${units[unit]}`;
}

/** How much and how fast. */
export const rateText = (bytes: number, ms: number): string =>
  `${sizeText(bytes)} in ${(ms / 1000).toFixed(1)} s` +
  (ms > 0 ? `, ${sizeText(Math.round(bytes / ms * 1000))}/s` : "");

const short = (id: string): string => id.slice(0, 12);
