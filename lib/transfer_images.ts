import { openPrograms } from "./engine/open_programs.ts";
import type { Spawner } from "./engine/spawn.ts";
import type { Surroundings } from "./engine/clients.ts";
import { ExitCode, KerekError } from "./errors.ts";
import type { ImageTransfer } from "./images/plan.ts";
import { compareImages, copyImages, type TransferPorts } from "./images/transfer.ts";
import type { EngineOptions, TransferImagesOptions } from "./options.ts";

/** What happens in a transfer, in order. */
export type TransferEvent =
  /** It is known what has to travel. */
  | { type: "compared"; transfers: ImageTransfer[] }
  /** So many more bytes were handed to the destination. */
  | { type: "sent"; bytes: number };

/** What a transfer acts through. */
export interface TransferImagesPorts {
  spawner: Spawner;
  surroundings: Surroundings;
  /** Takes what happens; must not throw. */
  emit(event: TransferEvent): void;
  /** Ends the transfer when it aborts. */
  signal: AbortSignal;
}

/**
 * Copies those of the images that the destination does not have.
 *
 * @returns what was copied, or with `dryRun` would be.
 * @throws {KerekError} if it fails; the destination's images are as before then.
 */
export async function transferImages(
  { engine, images, force = false, compress, dryRun }: TransferImagesOptions,
  { emit, signal, ...ports }: TransferImagesPorts,
): Promise<ImageTransfer[]> {
  refuseNowhere(engine);
  const both: TransferPorts = {
    ...await openBoth(engine, ports),
    signal,
    onBytes: (bytes) => emit({ type: "sent", bytes }),
  };
  const transfers = await compareImages(images, force, both);
  emit({ type: "compared", transfers });
  const needed = transfers.filter(({ isNeeded }) => isNeeded);
  if (needed.length > 0 && !dryRun) await copyImages(needed, words(compress), both);
  return needed;
}

function refuseNowhere({ host, context }: EngineOptions): void {
  if (host !== undefined || context !== undefined) return;
  throw new KerekError("Cannot transfer images: it is not said where to", {
    hint: "Name a host by --host or --context.",
    exitCode: ExitCode.usage,
  });
}

async function openBoth(
  engine: EngineOptions,
  { spawner, surroundings }: Pick<TransferImagesPorts, "spawner" | "surroundings">,
): Promise<TransferPorts> {
  const ports = { spawner, surroundings, readStdin: () => Promise.resolve("") };
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
