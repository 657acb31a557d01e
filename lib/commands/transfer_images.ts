import type { Io } from "../cli/io.ts";
import { imageName } from "../cli/values.ts";
import { spawner } from "../engine/spawn.ts";
import { surroundings } from "../engine/surroundings.ts";
import { ExitCode, KerekError } from "../errors.ts";
import { causeOf, imageNames, type ImageTransfer, rateText } from "../images/plan.ts";
import type { TransferImagesOptions } from "../options.ts";
import { openTunnel } from "../ssh/lazy_tunnel.ts";
import { transferImages } from "../transfer_images.ts";
import { onInterrupt } from "./interrupt.ts";
import { warner } from "./warner.ts";

/** How often a line tells how far it is, in milliseconds. */
const reportEveryMs = 5_000;

/** `kerek transfer-images` at the edge. */
export async function runTransferImages(options: TransferImagesOptions, io: Io): Promise<ExitCode> {
  const images = await namesOf(options, io);
  const interrupt = new AbortController();
  const release = onInterrupt(() => interrupt.abort());
  const progress = new Progress((text) => io.stderr(text));
  try {
    const copied = await transferImages({ ...options, images }, {
      spawner,
      surroundings: surroundings(options.engine),
      openTunnel,
      warn: warner(io),
      signal: interrupt.signal,
      emit: (event) => {
        if (event.type === "sent") return progress.add(event.bytes);
        io.stderr(event.transfers.map((x) => `${line(x, options)}\n`).join(""));
        progress.begin();
      },
    });
    if (copied.length === 0) io.stderr("Nothing to do: all images are there.\n");
    else if (!options.dryRun) io.stderr(`Copied ${counted(copied)}: ${progress.text()}.\n`);
    return ExitCode.done;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    io.stderr("Interrupted: the destination's images are as before.\n");
    return ExitCode.interrupted;
  } finally {
    progress.end();
    release();
  }
}

async function namesOf({ images }: TransferImagesOptions, io: Io): Promise<string[]> {
  const stdin = images.includes("-") ? await io.readStdin() : "";
  const names = imageNames(images, stdin);
  names.forEach(imageName);
  if (images.length > 0) return names;
  throw new KerekError("Cannot transfer images: none is named", {
    hint: "Name some, or pass - to read names from standard input.",
    exitCode: ExitCode.usage,
  });
}

function line(transfer: ImageTransfer, { dryRun }: TransferImagesOptions): string {
  const verb = !transfer.isNeeded ? "Leaving" : dryRun ? "Would copy" : "Copying";
  return `${verb} ${transfer.name}: ${causeOf(transfer)}`;
}

const counted = ({ length }: ImageTransfer[]): string =>
  length === 1 ? "1 image" : `${length} images`;

/** Counts, and tells from time to time. */
class Progress {
  private bytes = 0;
  private startedAt = performance.now();
  private timer?: ReturnType<typeof setInterval>;

  constructor(private readonly print: (text: string) => void) {}

  begin(): void {
    this.startedAt = performance.now();
    this.timer = setInterval(() => this.print(`… ${this.text()}\n`), reportEveryMs);
  }

  add(count: number): void {
    this.bytes += count;
  }

  text(): string {
    return rateText(this.bytes, performance.now() - this.startedAt);
  }

  end(): void {
    clearInterval(this.timer);
  }
}
