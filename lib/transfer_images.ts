import { openPrograms, type ProgramPorts } from "./engine/open_programs.ts";
import { ExitCode, KerekError } from "./errors.ts";
import { compareImages } from "./images/compare.ts";
import { type ImageTransfer, isNeeded } from "./images/plan.ts";
import { runTransfers } from "./images/run_transfers.ts";
import { sendImage } from "./images/send_image.ts";
import type { TransferEvent, TransferPorts } from "./images/transfer_ports.ts";
import type { EngineOptions, TransferImagesOptions } from "./options.ts";

/** As many as Docker pulls at a time. */
const usualJobs = 3;

/** What a transfer acts through. */
export interface TransferImagesPorts
  extends Pick<ProgramPorts, "spawner" | "surroundings" | "openTunnel" | "warn"> {
  /** Takes what happens; must not throw. */
  emit(event: TransferEvent): void;
  /** Ends the transfer when it aborts. */
  signal: AbortSignal;
}

/**
 * Copies those of the images that the destination does not have, and of these only what is missing.
 *
 * @returns what was copied, or with `dryRun` would be.
 * @throws {KerekError} if it fails; images that have not arrived are as before then.
 */
export async function transferImages(
  { engine, images, compress, jobs = usualJobs, dryRun, ...rules }: TransferImagesOptions,
  { emit, signal, ...ports }: TransferImagesPorts,
): Promise<ImageTransfer[]> {
  refuseNowhere(engine);
  const opening = { ...ports, signal, readStdin: () => Promise.resolve("") };
  const compose = { envFiles: [], files: [], profiles: [] };
  await using source = await openPrograms({ engine: sourceOf(engine), compose }, opening);
  await using destination = await openPrograms({ engine, compose }, opening);
  const both = { source, destination };
  const { transfers, ...stores } = await compareImages(images, rules, both);
  emit({ type: "compared", transfers });
  const needed = transfers.filter(isNeeded);
  if (dryRun) return needed;
  const { pipe } = ports.spawner;
  const compressor = words(compress);
  const all: TransferPorts = { ...both, ...stores, pipe, compressor, emit, signal };
  await runTransfers(needed, jobs, (transfer) => sendImage(transfer, all));
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
