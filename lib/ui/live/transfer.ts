import { rateText, sizeText } from "../../images/size_text.ts";
import { plainPalette } from "../palette.ts";
import { printable } from "../printable.ts";
import { emptyTransfer, foldTransfer, type TransferView } from "../transfer.ts";
import { neededOf, newsLines, type TransferNews } from "../transfer_news.ts";
import { justify, truncateStart, width } from "../width.ts";
import type { Frame, LivePicture, Logged } from "./picture.ts";
import { spinner } from "./spinner.ts";

/** What the live display shows of a transfer of images. */
export interface View extends Logged {
  /** When it began, and once images have been compared, when that was. */
  since: number;
  transfer: TransferView;
  /** How many images have to travel, once that is known, and how many have arrived. */
  needed?: number;
  arrived: number;
}

/** A transfer of images as it is shown live. */
export const transferPicture = (dryRun: boolean): LivePicture<View, TransferNews> => ({
  begin: (since) => ({
    ...{ since, transfer: emptyTransfer, arrived: 0, log: [], isInterrupted: false },
  }),
  fold: (view, news) => {
    // How far it is, the view itself shows.
    const { notes = [] } = news.type === "progress" ? {} : newsLines(news, dryRun);
    const log = notes.length > 0 ? [...view.log, ...notes.map(printable)] : view.log;
    return fold({ ...view, log }, news);
  },
  render,
  // All that is to stay is in the log.
  isOver: () => false,
});

function fold(view: View, news: TransferNews): View {
  switch (news.type) {
    case "compared":
      return { ...view, needed: neededOf(news.transfers), since: news.at };
    case "interrupted":
      return { ...view, isInterrupted: true };
    case "progress":
    case "copied":
    case "error":
      return view;
    default: {
      const arrived = view.arrived + (news.type === "arrived" ? 1 : 0);
      return { ...view, arrived, transfer: foldTransfer(view.transfer, news) };
    }
  }
}

function render({ since, transfer, needed, arrived }: View, frame: Frame): string[] {
  const { now, palette = plainPalette } = frame;
  // A full line would leave the cursor where terminals do not agree.
  const columns = Math.min(Math.max(10, frame.columns - 1), mostColumns);
  const sign = palette.yellow(spinner(now));
  if (needed === undefined) {
    const time = `${((now - since) / 1000).toFixed(1)} s`;
    return [justify(`${sign} comparing images`, time, columns)];
  }
  const images = [...transfer.images];
  const nameWidth = Math.min(24, Math.max(0, ...images.map(([name]) => width(name))));
  const lines = images.map(([name, image]) => {
    const cut = truncateStart(printable(name), nameWidth);
    const padded = cut + " ".repeat(Math.max(0, nameWidth - width(cut)));
    return justify(`    ${padded} ${state(image)}`, "", columns);
  });
  const room = Math.max(0, (frame.rows ?? Infinity) - 1);
  const head = `${sign} ${arrived} of ${needed} copied`;
  return [justify(head, rateText(transfer.bytes, now - since), columns), ...lines.slice(0, room)];
}

function state(
  { bytes, total, isRead }: { bytes: number; total?: number; isRead: boolean },
): string {
  if (isRead) return `${"░".repeat(barCells)} is read`;
  if (!total) return sizeText(bytes);
  // An archive is a little more than what is in it.
  const filled = Math.min(barCells, Math.floor(bytes / total * barCells));
  const bar = "█".repeat(filled) + "░".repeat(barCells - filled);
  return `${bar} ${sizeText(Math.min(bytes, total))} of ${sizeText(total)}`;
}

const barCells = 10;

/** In a wider window, times would be too far from what they are about. */
const mostColumns = 110;
