import { KerekError } from "../errors.ts";
import { archiveStream } from "./archive_stream.ts";
import * as argv from "./argv.ts";
import { contentSize, deltaArchive } from "./delta_archive.ts";
import { isWhole } from "./is_whole.ts";
import { lookAt } from "./look.ts";
import { type ImageTransfer, isSame, type KnownImage, type Way } from "./plan.ts";
import { isLayer, readSavedImage } from "./saved_image.ts";
import { type Spool, spoolArchive } from "./spool.ts";
import { compressing, loading, runStages, saving, StageError } from "./stages.ts";
import type { TransferPorts } from "./transfer_ports.ts";

/**
 * Copies an image without layers that the destination has. It gets there under a name of its own,
 * and the real name only when it is known to be complete.
 *
 * @returns why the image must be sent wholly, if so; nothing of it is there then.
 * @throws {KerekError} if it fails in a way that would be no better with all layers.
 */
export async function sendLayers(
  transfer: ImageTransfer,
  { base, omitted }: Extract<Way, { kind: "layers" }>,
  ports: TransferPorts,
): Promise<string | undefined> {
  const { destination, signal } = ports;
  // Whether it works is no matter: should the layers go away meanwhile, all of them are sent.
  const pinned = Promise.allSettled([destination.tryEngine(argv.pin(base))]);
  try {
    const spool = await spooled(transfer.name, omitted, ports);
    try {
      await pinned;
      await load(transfer, omitted, spool, ports);
    } finally {
      await spool.close();
    }
    await giveName(transfer, await arrived(transfer, ports), ports);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Refusal) return error.message;
    throw error;
  } finally {
    await pinned;
    await Promise.allSettled([
      destination.tryEngine(argv.removeName(temporaryName(transfer.source))),
      destination.tryEngine(argv.unpin(base)),
    ]);
  }
}

/** What an image is called until it is complete: a name that no registry can have. */
export const temporaryName = ({ id }: KnownImage): string => `kerek.invalid/incoming:${id}`;

/** A reason to send all layers. */
class Refusal extends Error {}

async function spooled(name: string, omitted: string[], ports: TransferPorts): Promise<Spool> {
  const { source, emit } = ports;
  emit({ type: "reading", name });
  let spool: Spool | undefined;
  const consume = async (archive: ReadableStream<Uint8Array>) => {
    spool = await spoolArchive(archive, (file) => isLayer(file, omitted));
  };
  try {
    await runStages([saving(source, name)], ports, { consume });
    return spool!;
  } catch (error) {
    await spool?.close();
    if (error instanceof StageError || ports.signal.aborted) throw error;
    throw new Refusal(`it cannot be kept here meanwhile (${(error as Error).message})`);
  }
}

async function load(
  { name, source }: ImageTransfer,
  omitted: string[],
  { index, read }: Spool,
  ports: TransferPorts,
): Promise<void> {
  const { destination, compressor, emit } = ports;
  const saved = await readSavedImage(index, read).catch(refuse);
  const entries = await deltaArchive(saved, omitted, temporaryName(source), sha256);
  const bytes = compressor.length === 0 ? { bytes: contentSize(entries) } : {};
  emit({ type: "sending", name, ...bytes });
  try {
    const { stdout } = await runStages(
      [...compressing(compressor), loading(destination, name)],
      ports,
      {
        input: archiveStream(entries, read),
        onBytes: (bytes) => emit({ type: "sent", name, bytes }),
      },
    );
    // Docker 28 says so and ends well.
    const [problem] = /Error unpacking.*/.exec(stdout) ?? [];
    if (problem) throw new Refusal(problem);
  } catch (error) {
    if (isRefused(error)) throw new Refusal(error.message);
    throw error;
  }
}

/** Whether the engine did not want it, which it may with all layers, unlike when it is not reached. */
function isRefused(error: unknown): error is StageError {
  if (!(error instanceof StageError) || error.stage.argv.at(-1) !== "load") return false;
  return !/connect|connection|broken pipe|closed by|timeout|unexpected EOF|no space/i
    .test(error.output.stderr);
}

function refuse(error: unknown): never {
  throw error instanceof KerekError ? new Refusal(error.message) : error;
}

/** The image as it is on the destination, if it is all there. */
async function arrived({ source }: ImageTransfer, ports: TransferPorts): Promise<KnownImage> {
  const { destination, store } = ports;
  const seen = await lookAt(destination, temporaryName(source));
  if (!seen || !isSame(source, seen, ports)) {
    throw new Refusal("what the destination made of it is not the same image");
  }
  if (store === "containerd" && !await isWhole(temporaryName(source), ports)) {
    throw new Refusal("the destination does not have the other layers as they are needed");
  }
  return seen;
}

async function giveName(
  { name, source }: ImageTransfer,
  { id }: KnownImage,
  ports: TransferPorts,
): Promise<void> {
  await ports.destination.writeEngine(argv.tag(id, name));
  const seen = await lookAt(ports.destination, name);
  if (seen && isSame(source, seen, ports)) return;
  throw new KerekError(`Cannot transfer ${name}: it is another image there`, {
    hint: "Another transfer or build may have come between. Try again.",
  });
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return digest.toHex();
}
