import type { Io } from "../cli/io.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { ExitCode } from "../errors.ts";
import type { HistoryOptions } from "../options.ts";
import { historyOf } from "../project_history.ts";
import { historyJson, historyLines } from "../ui/history.ts";
import { type Machine, realMachine } from "../machine.ts";
import { interruptible } from "./interrupt.ts";
import { warner } from "./warner.ts";

/** `kerek history` at the edge. */
export async function runHistory(
  options: HistoryOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  const history = await interruptible(async (orStop, signal) => {
    const readStdin = () => io.readStdin();
    const ports = { ...machine, readStdin, signal, warn: warner(io) };
    await using programs = await openPrograms(options, ports);
    return await orStop(historyOf(programs, options));
  });
  if (options.format === "json") io.stdout(`${historyJson(history)}\n`);
  else if (history.entries.length === 0) io.stderr(`${history.project} has no history yet.\n`);
  else io.stdout(historyLines(history).map((line) => `${line}\n`).join(""));
  return ExitCode.done;
}
