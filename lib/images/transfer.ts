import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import { explain } from "../engine/explain.ts";
import { blamed, type Pipe } from "../engine/pipe.ts";
import type { Programs } from "../engine/programs.ts";
import type { Output } from "../engine/spawn.ts";
import { KerekError } from "../errors.ts";
import { hasArrived, type ImageTransfer, type KnownImage, planTransfer } from "./plan.ts";

/** Two engines, and what images travel through. */
export interface TransferPorts {
  source: Programs;
  destination: Programs;
  pipe: Pipe;
  /** Takes how many more bytes were handed to the destination's client. */
  onBytes?: (count: number) => void;
  /** Ends the transfer when it aborts. */
  signal?: AbortSignal;
}

/** More connections at a time are refused by SSH servers with usual settings. */
const callsAtOnce = 4;

/**
 * Finds out which of the images have to travel.
 *
 * @throws {KerekError} if the source lacks one of them.
 */
export async function compareImages(
  names: string[],
  isForced: boolean,
  { source, destination }: TransferPorts,
): Promise<ImageTransfer[]> {
  const [here, there] = await Promise.all([look(source, names), look(destination, names)]);
  const missing = names.filter((name) => !here.has(name));
  if (missing.length > 0) {
    throw new KerekError(`Cannot transfer ${missing.join(", ")}: not on the source host`, {
      hint: "Pull or build first, or see that DOCKER_HOST and DOCKER_CONTEXT name the right host.",
    });
  }
  return planTransfer(here, there, isForced);
}

/**
 * Copies images, all in one go, as they often share layers, and sees that they have arrived. The
 * engine makes them known by name only when all of it has come, so that a transfer that is cut off
 * leaves what was there.
 *
 * @param compressor Command that reads the images on standard input and prints them compressed, in
 *   one of the formats that engines know by themselves: gzip, bzip2, xz, zstd. Empty: none.
 * @throws {KerekError} if it fails.
 */
export async function copyImages(
  transfers: ImageTransfer[],
  compressor: string[],
  { source, destination, pipe, onBytes, signal }: TransferPorts,
): Promise<void> {
  const names = transfers.map(({ name }) => name);
  const save = [...source.clients.engine, ...saveArgv(names, source.clients.isPodman)];
  const load = [...destination.clients.engine, "load"];
  const argvs = compressor.length > 0 ? [save, compressor, load] : [save, load];
  const outputs = await pipe(argvs, { onBytes, signal });
  signal?.throwIfAborted();
  const failed = blamed(outputs);
  if (failed !== undefined) throw failure(argvs[failed], outputs[failed], failed, argvs.length);
  const seen = await look(destination, names);
  const lost = transfers.filter(({ name, source }) => !hasArrived(source, seen.get(name)));
  if (lost.length > 0) {
    throw new KerekError(
      `Cannot transfer ${lost.map(({ name }) => name).join(", ")}: the destination took the ` +
        "images, but the names do not stand for them there",
      { hint: "Another transfer or build may have come between. Try again." },
    );
  }
}

/** Without this option, Podman puts no more than one image into an archive. */
function saveArgv(names: string[], isPodman: boolean): string[] {
  return [
    "save",
    ...(isPodman && names.length > 1 ? ["--multi-image-archive"] : []),
    "--",
    ...names,
  ];
}

function failure(argv: string[], output: Output, index: number, count: number): KerekError {
  const { message, hint, details } = explain(output);
  const what = index === 0
    ? "read the images from the source host"
    : index === count - 1
    ? "load the images on the destination host"
    : `compress with ${argv[0]}`;
  return new KerekError(`Cannot ${what}: ${message}`, {
    hint: hint ?? "The destination's images are as before. Try again.",
    details,
  });
}

const schema = z.array(z.looseObject({
  Id: z.string(),
  RootFS: z.looseObject({ Layers: z.array(z.string()).nullish() }).nullish(),
})).min(1);

/** What these names stand for, of those that stand for anything. */
async function look(programs: Programs, names: string[]): Promise<Map<string, KnownImage>> {
  const found = new Map<string, KnownImage | undefined>(names.map((name) => [name, undefined]));
  const rest = [...names];
  const one = async () => {
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      found.set(name, await lookAt(programs, name));
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, one));
  return new Map([...found].flatMap(([name, image]) => image ? [[name, image]] : []));
}

async function lookAt(programs: Programs, name: string): Promise<KnownImage | undefined> {
  const output = await programs.tryEngine(["image", "inspect", "--", name]);
  if (output.code === 0) {
    const [image] = decode(schema, parseJson(output.stdout, "the image"), "the image");
    return { id: image.Id.replace(/^sha256:/, ""), layers: image.RootFS?.Layers ?? [] };
  }
  if (/no such image|image not known|failed to find image/i.test(output.stderr)) return undefined;
  const { message, hint, details } = explain(output);
  throw new KerekError(`Cannot look at image ${name}: ${message}`, { hint, details });
}
