import type { Io } from "../cli/io.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { ExitCode } from "../errors.ts";
import type { StatusOptions } from "../options.ts";
import { statusOf } from "../status.ts";
import { statusLines, statusValue } from "../ui/status.ts";
import { toldTable } from "../ui/told.ts";
import { type Machine, realMachine } from "../machine.ts";
import { telling } from "./display.ts";
import { interruptible } from "./interrupt.ts";

/** `kerek status` at the edge. */
export async function runStatus(
  options: StatusOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  return await telling(options.compose, io, async ({ emit, warn }) => {
    const status = await interruptible(async (orStop, signal) => {
      const ports = { ...machine, readStdin: () => io.readStdin(), signal, warn };
      await using programs = await openPrograms(options, ports);
      return await orStop(statusOf(programs, options, machine.here));
    });
    status.warnings.forEach(warn);
    const { format } = options;
    emit(toldTable("status", statusValue(status), { format, lines: statusLines(status) }));
    return ExitCode.done;
  });
}
