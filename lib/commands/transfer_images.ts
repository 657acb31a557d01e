import type { Io } from "../cli/io.ts";
import { checkGiven } from "../check_given.ts";
import { spawner } from "../engine/spawn.ts";
import { surroundings } from "../engine/surroundings.ts";
import { ExitCode, KerekError } from "../errors.ts";
import { given } from "../given.ts";
import { imageNames } from "../images/image_names.ts";
import type { ImageTransfer } from "../images/plan.ts";
import { rateText } from "../images/size_text.ts";
import type { TransferEvent } from "../images/transfer_ports.ts";
import type { TransferImagesOptions } from "../options.ts";
import { openTunnel } from "../ssh/lazy_tunnel.ts";
import { transferImages } from "../transfer_images.ts";
import { emptyTransfer, foldTransfer, progressText, transferLines } from "../ui/transfer.ts";
import { onInterrupt } from "./interrupt.ts";
import { warner } from "./warner.ts";

/** How often a line tells how far it is, in milliseconds. */
const reportEveryMs = 5_000;

/** `kerek transfer-images` at the edge. */
export async function runTransferImages(options: TransferImagesOptions, io: Io): Promise<ExitCode> {
  const images = await namesOf(options, io);
  const interrupt = new AbortController();
  const release = onInterrupt(() => interrupt.abort());
  const progress = new Progress((line) => io.stderr(`${line}\n`), options.dryRun === true);
  try {
    const copied = await transferImages({ ...options, images }, {
      spawner,
      surroundings: surroundings(options.engine),
      openTunnel,
      warn: warner(io),
      signal: interrupt.signal,
      emit: (event) => progress.take(event),
    });
    if (copied.length === 0) io.stderr("Nothing to do: all images are there.\n");
    else if (!options.dryRun) io.stderr(`Copied ${counted(copied)}: ${progress.sum()}.\n`);
    return ExitCode.done;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    io.stderr("Interrupted: images that had not arrived are as before on the destination.\n");
    return ExitCode.interrupted;
  } finally {
    progress.end();
    release();
  }
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

const counted = ({ length }: ImageTransfer[]): string =>
  length === 1 ? "1 image" : `${length} images`;

/** Tells what happens, and from time to time how far it is. */
class Progress {
  private view = emptyTransfer;
  private startedAt = performance.now();
  private timer?: ReturnType<typeof setInterval>;

  constructor(
    private readonly print: (line: string) => void,
    private readonly isDryRun: boolean,
  ) {}

  take(event: TransferEvent): void {
    if (event.type === "compared") {
      this.startedAt = performance.now();
      this.timer = setInterval(
        () => this.print(`… ${progressText(this.view, this.ms())}`),
        reportEveryMs,
      );
    }
    this.view = foldTransfer(this.view, event);
    transferLines(event, this.isDryRun).forEach(this.print);
  }

  /** How much and how fast, in all. */
  sum(): string {
    return rateText(this.view.bytes, this.ms());
  }

  end(): void {
    clearInterval(this.timer);
  }

  private ms(): number {
    return performance.now() - this.startedAt;
  }
}
