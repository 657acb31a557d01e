import type { Io } from "../cli/io.ts";
import { imageName } from "../cli/values.ts";
import { openPrograms, type ProgramPorts } from "../engine/open_programs.ts";
import { spawner } from "../engine/spawn.ts";
import { surroundings } from "../engine/surroundings.ts";
import { ExitCode, KerekError } from "../errors.ts";
import { causeOf, imageNames, rateText } from "../images/plan.ts";
import { compareImages, copyImages, type TransferPorts } from "../images/transfer.ts";
import type { EngineOptions, TransferImagesOptions } from "../options.ts";
import { onInterrupt } from "./interrupt.ts";

/** How often a line tells how far it is, in milliseconds. */
const reportEveryMs = 5_000;

/** `kerek transfer-images`: compares, says why, copies what is needed, sees that it has arrived. */
export async function runTransferImages(options: TransferImagesOptions, io: Io): Promise<ExitCode> {
  refuseNothing(options);
  const stdin = options.images.includes("-") ? await io.readStdin() : "";
  const names = imageNames(options.images, stdin);
  names.forEach(imageName);
  if (names.length === 0) {
    io.stderr("Nothing to do: no image is named.\n");
    return ExitCode.done;
  }
  const ports = await openBoth(options.engine);
  const transfers = await compareImages(names, options.force ?? false, ports);
  const needed = transfers.filter(({ isNeeded }) => isNeeded);
  for (const transfer of transfers) {
    const verb = !transfer.isNeeded ? "Leaving" : options.dryRun ? "Would copy" : "Copying";
    io.stderr(`${verb} ${transfer.name}: ${causeOf(transfer)}\n`);
  }
  if (needed.length === 0) io.stderr("Nothing to do: all images are there.\n");
  if (needed.length === 0 || options.dryRun) return ExitCode.done;
  const abort = new AbortController();
  const release = onInterrupt(() => abort.abort());
  const progress = new Progress((text) => io.stderr(text));
  try {
    const copied = { ...ports, signal: abort.signal, onBytes: progress.add };
    await copyImages(needed, words(options.compress), copied);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    io.stderr("Interrupted: the destination's images are as before.\n");
    return ExitCode.interrupted;
  } finally {
    progress.end();
    release();
  }
  const count = needed.length === 1 ? "1 image" : `${needed.length} images`;
  io.stderr(`Copied ${count}: ${progress.text()}.\n`);
  return ExitCode.done;
}

function refuseNothing({ engine: { host, context }, images }: TransferImagesOptions): void {
  const { usage: exitCode } = ExitCode;
  if (host === undefined && context === undefined) {
    const message = "Cannot transfer images: it is not said where to";
    throw new KerekError(message, { hint: "Name a host by --host or --context.", exitCode });
  }
  if (images.length > 0) return;
  const hint = "Name some, or pass - to read names from standard input.";
  throw new KerekError("Cannot transfer images: none is named", { hint, exitCode });
}

async function openBoth(engine: EngineOptions): Promise<TransferPorts> {
  const ports: ProgramPorts = {
    spawner,
    surroundings: surroundings(engine),
    readStdin: () => Promise.resolve(""),
  };
  const compose = { envFiles: [], files: [], profiles: [] };
  // What says where and how to connect is meant for the destination.
  const { containerEngine, config, debug, logLevel } = engine;
  const here: EngineOptions = { containerEngine, config, debug, logLevel };
  const [source, destination] = await Promise.all([
    openPrograms({ engine: here, compose }, ports),
    openPrograms({ engine, compose }, ports),
  ]);
  return { source, destination, pipe: spawner.pipe };
}

/** A command's words; there are no shell's rules, as no shell runs it. */
const words = (command = ""): string[] => command.split(/\s+/).filter((word) => word !== "");

/** Counts, and tells from time to time. */
class Progress {
  private bytes = 0;
  private readonly startedAt = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(print: (text: string) => void) {
    this.timer = setInterval(() => print(`… ${this.text()}\n`), reportEveryMs);
  }

  readonly add = (count: number) => {
    this.bytes += count;
  };

  text(): string {
    return rateText(this.bytes, performance.now() - this.startedAt);
  }

  end(): void {
    clearInterval(this.timer);
  }
}
