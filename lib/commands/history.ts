import type { Io } from "../cli/io.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { ExitCode } from "../errors.ts";
import type { HistoryOptions } from "../options.ts";
import { historyOf } from "../project_history.ts";
import { historyLines, historyValue } from "../ui/history.ts";
import { toldTable } from "../ui/told.ts";
import { type Machine, realMachine } from "../machine.ts";
import { telling } from "./display.ts";
import { interruptible } from "./interrupt.ts";

/** `kerek history` at the edge. */
export async function runHistory(
  options: HistoryOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  return await telling(options.compose, io, async ({ emit, warn }) => {
    const history = await interruptible(async (orStop, signal) => {
      const ports = { ...machine, readStdin: () => io.readStdin(), signal, warn };
      await using programs = await openPrograms(options, ports);
      return await orStop(historyOf(programs, options));
    });
    const isEmpty = history.entries.length === 0;
    emit(toldTable("history", historyValue(history), {
      format: options.format,
      lines: isEmpty ? [] : historyLines(history, io.isTerminal.stdout ? io.columns() : undefined),
      notes: isEmpty ? [`${history.project} has no history yet.`] : [],
    }));
    return ExitCode.done;
  });
}
