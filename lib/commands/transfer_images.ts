import type { Io } from "../cli/io.ts";
import { checkGiven } from "../check_given.ts";
import { spawner } from "../engine/spawn.ts";
import { surroundings } from "../engine/surroundings.ts";
import { ExitCode, KerekError } from "../errors.ts";
import { realClock } from "../execute/clock.ts";
import { given } from "../given.ts";
import { imageNames } from "../images/image_names.ts";
import type { TransferEvent } from "../images/transfer_ports.ts";
import type { TransferImagesOptions } from "../options.ts";
import { openTunnel } from "../ssh/lazy_tunnel.ts";
import { transferImages } from "../transfer_images.ts";
import { emptyTransfer, foldTransfer } from "../ui/transfer.ts";
import { newsLines, newsRecord, type TransferNews } from "../ui/transfer_news.ts";
import { type Display, failureRecord, type Manner, openDisplay, recordAt } from "./display.ts";
import { onInterrupt } from "./interrupt.ts";

/** How often it is told how far it is, in milliseconds. */
const reportEveryMs = 5_000;

/** `kerek transfer-images` at the edge. */
export async function runTransferImages(options: TransferImagesOptions, io: Io): Promise<ExitCode> {
  const images = await namesOf(options, io);
  const interrupt = new AbortController();
  const display = await openDisplay(options, io, realClock, mannerOf(options));
  const progress = new Progress(display);
  const release = onInterrupt(() => {
    interrupt.abort();
    display.emit({ type: "interrupted", at: realClock.now() });
  });
  try {
    const copied = await transferImages({ ...options, images }, {
      spawner,
      surroundings: surroundings(options.engine),
      openTunnel,
      warn: display.warn,
      signal: interrupt.signal,
      emit: (event) => progress.take(event),
    });
    display.emit({ type: "copied", images: copied, at: realClock.now(), ...progress.sum() });
    return ExitCode.done;
  } catch (error) {
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    display.emit({ ...failureRecord(error), at: realClock.now() });
    throw error;
  } finally {
    progress.end();
    display.close();
    release();
  }
}

function mannerOf({ dryRun = false }: TransferImagesOptions): Manner<TransferNews> {
  return {
    record: (news) => {
      const body = newsRecord(news, dryRun);
      return body && recordAt(news.at, body);
    },
    plain: (news) => newsLines(news, dryRun),
    quiet: () => ({}),
    live: async () => (await import("../ui/live/transfer.ts")).transferPicture(dryRun),
  };
}

async function namesOf({ images }: TransferImagesOptions, io: Io): Promise<string[]> {
  const stdin = images.includes("-") ? await io.readStdin() : "";
  const names = imageNames(images, stdin);
  checkGiven(names.flatMap((name) => given("image", "image", name)));
  if (images.length > 0) return names;
  throw new KerekError("Cannot transfer images: none is named", {
    hint: "Name some, or pass - to read names from standard input.",
    exitCode: ExitCode.usage,
  });
}

/** Tells what happens, and from time to time how far it is. */
class Progress {
  private view = emptyTransfer;
  private startedAt = realClock.now();
  private timer?: ReturnType<typeof setInterval>;

  constructor(private readonly display: Display<TransferNews>) {}

  take(event: TransferEvent): void {
    const at = realClock.now();
    if (event.type === "compared") {
      this.startedAt = at;
      this.timer = setInterval(() => this.report(), reportEveryMs);
    }
    this.view = foldTransfer(this.view, event);
    this.display.emit({ ...event, at });
  }

  /** How much in all, and for how long. */
  sum(): { bytes: number; ms: number } {
    return { bytes: this.view.bytes, ms: realClock.now() - this.startedAt };
  }

  end(): void {
    clearInterval(this.timer);
  }

  private report(): void {
    const { view } = this;
    this.display.emit({ type: "progress", view, at: realClock.now(), ms: this.sum().ms });
  }
}
