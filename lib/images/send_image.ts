import * as argv from "./argv.ts";
import { isWhole } from "./is_whole.ts";
import type { ImageTransfer } from "./plan.ts";
import { sendLayers, temporaryName } from "./send_layers.ts";
import { sendWhole } from "./send_whole.ts";
import type { TransferPorts } from "./transfer_ports.ts";

/**
 * Brings an image to its name on the destination, in the way that was planned, or wholly if that
 * does not work out.
 *
 * @throws {KerekError} if it fails; what the name stood for is as before then.
 */
export async function sendImage(transfer: ImageTransfer, ports: TransferPorts): Promise<void> {
  const { name, way } = transfer;
  switch (way.kind) {
    case "leave":
      return;
    case "whole":
      await sendWhole(transfer, ports);
      break;
    case "layers":
      await orWholly(await sendLayers(transfer, way, ports), transfer, ports);
      break;
    case "tag":
      await orWholly(await giveName(way.target, transfer, ports), transfer, ports);
      break;
    default:
      way satisfies never;
  }
  ports.emit({ type: "arrived", name });
}

/** @param reason Why the image must be sent wholly, if so. */
async function orWholly(
  reason: string | undefined,
  transfer: ImageTransfer,
  ports: TransferPorts,
): Promise<void> {
  if (reason === undefined) return;
  ports.emit({ type: "fell-back", name: transfer.name, reason });
  await sendWhole(transfer, ports);
}

async function giveName(
  target: string,
  { name, source }: ImageTransfer,
  ports: TransferPorts,
): Promise<string | undefined> {
  const { destination, store } = ports;
  if (store === "containerd" && !await isWhole(target, ports)) {
    return "the destination has it in part only";
  }
  await destination.writeEngine(argv.tag(target, name));
  // If a transfer was killed when all had come, this is the image's only other name.
  await destination.tryEngine(argv.removeName(temporaryName(source)));
}
