import type { ImageTransfer } from "../images/plan.ts";
import { rateText, sizeText } from "../images/size_text.ts";
import type { TransferEvent } from "../images/transfer_ports.ts";

/** How far a transfer is. */
export interface TransferView {
  /** Bytes handed to the destination. */
  bytes: number;
  /** Images under way, by name. */
  images: ReadonlyMap<string, { bytes: number; total?: number; isRead: boolean }>;
}

export const emptyTransfer: TransferView = { bytes: 0, images: new Map() };

/** The view after an event. */
export function foldTransfer(view: TransferView, event: TransferEvent): TransferView {
  if (event.type === "compared") return view;
  const images = new Map(view.images);
  const image = images.get(event.name) ?? { bytes: 0, isRead: false };
  switch (event.type) {
    case "reading":
      images.set(event.name, { ...image, isRead: true });
      return { ...view, images };
    case "sending":
      images.set(event.name, { bytes: 0, total: event.bytes, isRead: false });
      return { ...view, images };
    case "sent":
      images.set(event.name, { ...image, bytes: image.bytes + event.bytes });
      return { bytes: view.bytes + event.bytes, images };
    case "fell-back":
      return view;
    case "arrived":
      images.delete(event.name);
      return { ...view, images };
    default:
      return event satisfies never;
  }
}

/** How far it is after so many milliseconds, in one line. */
export function progressText({ bytes, images }: TransferView, ms: number): string {
  const parts = [...images].map(([name, { bytes, total, isRead }]) => {
    if (isRead) return `reading ${name}`;
    // An archive is a little more than what is in it.
    const share = total ? `, ${Math.min(100, Math.floor(bytes / total * 100))} %` : "";
    return `${name} ${sizeText(bytes)}${share}`;
  });
  return [rateText(bytes, ms), ...parts].join("; ");
}

/** What happened, in a line; nothing if it is not worth one. */
export function transferLines(event: TransferEvent, isDryRun: boolean): string[] {
  switch (event.type) {
    case "compared":
      return event.transfers.map((transfer) => {
        const verb = transfer.way.kind === "leave"
          ? "Leaving"
          : isDryRun
          ? "Would copy"
          : "Copying";
        return `${verb} ${transfer.name}: ${causeOf(transfer)}`;
      });
    case "fell-back":
      return [`Copying ${event.name} with all its layers: ${event.reason}`];
    default:
      return [];
  }
}

/** Why an image is copied or not, and what of it, in a few words. */
export function causeOf({ source, destination, way }: ImageTransfer): string {
  const ids = destination ? `${short(destination.id)} → ${short(source.id)}` : "";
  const isSame = destination?.id === source.id;
  switch (way.kind) {
    case "leave":
      return isSame || destination?.content === source.content
        ? "it is there already"
        : `the name is there, for another image: ${ids}`;
    case "tag":
      return way.after === undefined
        ? replacing(ids, "it is there by another name")
        : `it is the same as ${way.after}`;
    case "layers":
      return replacing(ids, "it is not there") + `; ${sharedText(source.layers, way)}`;
    case "whole":
      return isSame ? "asked by --force" : replacing(ids, "it is not there");
    default:
      return way satisfies never;
  }
}

const replacing = (ids: string, otherwise: string): string =>
  ids ? `another image has that name there: ${ids}` : otherwise;

function sharedText(
  layers: string[],
  { omitted, after }: { omitted: string[]; after?: string },
): string {
  const there = layers.filter((layer) => omitted.includes(layer)).length;
  const which = there < layers.length
    ? `${there} of its ${layers.length} layers`
    : there === 1
    ? "its only layer"
    : `all ${there} layers`;
  const verb = after === undefined ? ["is there", "are there"] : ["comes with", "come with"];
  return [which, verb[there === 1 ? 0 : 1], ...after === undefined ? [] : [after]].join(" ");
}

const short = (id: string): string => id.slice(0, 12);
