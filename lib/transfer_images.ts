import { openPrograms, type ProgramPorts } from "./engine/open_programs.ts";
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
export interface TransferImagesPorts
  extends Pick<ProgramPorts, "spawner" | "surroundings" | "openTunnel" | "warn"> {
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
  const opening = { ...ports, signal, readStdin: () => Promise.resolve("") };
  const compose = { envFiles: [], files: [], profiles: [] };
  await using source = await openPrograms({ engine: sourceOf(engine), compose }, opening);
  await using destination = await openPrograms({ engine, compose }, opening);
  const both: TransferPorts = {
    source,
    destination,
    pipe: ports.spawner.pipe,
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

/** The engine that images come from. What says where and how to connect is the destination's. */
const sourceOf = ({ containerEngine, config, debug, logLevel }: EngineOptions): EngineOptions => ({
  containerEngine,
  config,
  debug,
  logLevel,
});

/** A command's words; there are no shell's rules, as no shell runs it. */
const words = (command = ""): string[] => command.split(/\s+/).filter((word) => word !== "");
