import { KerekError } from "../errors.ts";
import * as argv from "./argv.ts";
import { lookAt } from "./look.ts";
import { type ImageTransfer, isSame, isTag, type KnownImage } from "./plan.ts";
import { compressing, loading, runStages, saving } from "./stages.ts";
import type { TransferPorts } from "./transfer_ports.ts";

/**
 * Copies an image with all that belongs to it, and sees that it has arrived. An engine makes it
 * known by name only when all of it has come, so that a transfer that is cut off leaves what was
 * there.
 *
 * @throws {KerekError} if it fails.
 */
export async function sendWhole(transfer: ImageTransfer, ports: TransferPorts): Promise<void> {
  const { name } = transfer;
  const { source, destination, compressor, emit } = ports;
  emit({ type: "sending", name });
  const { stdout } = await runStages(
    [saving(source, name), ...compressing(compressor), loading(destination, name)],
    ports,
    { onBytes: (bytes) => emit({ type: "sent", name, bytes }) },
  );
  if (await isThere(transfer, stdout, ports)) return;
  throw new KerekError(
    `Cannot transfer ${name}: the destination took the image, but ${name} is another one there`,
    { hint: "Another transfer or build may have come between. Try again." },
  );
}

/**
 * Whether the name stands for the image now. Podman calls one `localhost/app` that goes by the name
 * `app`, and so does what it saves, which other engines take for another name.
 */
async function isThere(
  { name, source: image }: ImageTransfer,
  said: string,
  ports: TransferPorts,
): Promise<boolean> {
  const { destination } = ports;
  const isIt = (seen: KnownImage | undefined) => seen !== undefined && isSame(image, seen, ports);
  if (isIt(await lookAt(destination, name))) return true;
  const [, loaded = image.id] = /^Loaded image(?: ID)?: (?:sha256:)?(\S+)$/m.exec(said) ?? [];
  const seen = await lookAt(destination, loaded);
  if (seen === undefined || !isIt(seen)) return false;
  if (isTag(name, image)) await destination.writeEngine(argv.tag(seen.id, name));
  if (loaded.endsWith(`/${name}`)) await destination.tryEngine(argv.removeName(loaded));
  return true;
}
