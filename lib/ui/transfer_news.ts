import { type ImageTransfer, isNeeded } from "../images/plan.ts";
import { rateText } from "../images/size_text.ts";
import type { TransferEvent } from "../images/transfer_ports.ts";
import type { Lines, RecordBody } from "./told.ts";
import { causeOf, progressText, transferLines, type TransferView } from "./transfer.ts";

/** What `kerek transfer-images` tells, and at what time of the clock, in milliseconds. */
export type TransferNews = { at: number } & News;

type News =
  | TransferEvent
  /** How far it is, from time to time. */
  | { type: "progress"; view: TransferView; ms: number }
  /** It has ended well; on a dry run, these images would be copied. */
  | { type: "copied"; images: ImageTransfer[]; bytes: number; ms: number }
  | { type: "interrupted" }
  | Extract<RecordBody, { type: "error" }>;

/** What programs are told of it; nothing where lines would come in thousands. */
export function newsRecord(news: TransferNews, dryRun: boolean): RecordBody | undefined {
  switch (news.type) {
    case "compared":
      return { type: "images-compared", dryRun, images: news.transfers.map(plannedImage) };
    case "reading":
      return { type: "image-reading", name: news.name };
    case "sending": {
      const { name, bytes } = news;
      return { type: "image-sending", name, ...bytes === undefined ? {} : { total: bytes } };
    }
    case "sent":
      return undefined;
    case "fell-back":
      return { type: "image-fell-back", name: news.name, reason: news.reason };
    case "arrived":
      return { type: "image-arrived", name: news.name };
    case "progress": {
      const { view: { bytes, images }, ms: durationMs } = news;
      const underWay = [...images].map(([name, { bytes, total }]) => ({
        ...{ name, bytes },
        ...total === undefined ? {} : { total },
      }));
      return { type: "images-progress", bytes, durationMs, images: underWay };
    }
    case "copied": {
      if (dryRun && news.images.length > 0) return undefined;
      const { images, bytes, ms: durationMs } = news;
      return { type: "images-copied", images: images.map(({ name }) => name), bytes, durationMs };
    }
    case "interrupted":
      return { type: "interrupted" };
    case "error": {
      const { at: _, ...failure } = news;
      return failure;
    }
  }
  return news satisfies never;
}

const plannedImage = (transfer: ImageTransfer) => ({
  name: transfer.name,
  way: transfer.way.kind,
  cause: causeOf(transfer),
});

/** What people are told of it. */
export function newsLines(news: TransferNews, dryRun: boolean): Lines {
  switch (news.type) {
    case "progress":
      return { notes: [`… ${progressText(news.view, news.ms)}`] };
    case "copied":
      return { notes: copiedLines(news, dryRun) };
    case "interrupted":
      return {
        notes: ["Interrupted: images that have not arrived stay as they are on the destination."],
      };
    case "error":
      return {};
    default:
      return { notes: transferLines(news, dryRun) };
  }
}

function copiedLines(
  { images, bytes, ms }: Extract<TransferNews, { type: "copied" }>,
  dryRun: boolean,
): string[] {
  if (images.length === 0) return ["Nothing to do: all images are there."];
  if (dryRun) return [];
  const count = images.length === 1 ? "1 image" : `${images.length} images`;
  return [`Copied ${count}: ${rateText(bytes, ms)}.`];
}

/** How many images have to travel. */
export const neededOf = (transfers: ImageTransfer[]): number => transfers.filter(isNeeded).length;
