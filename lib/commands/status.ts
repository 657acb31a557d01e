import type { Io } from "../cli/io.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { ExitCode } from "../errors.ts";
import type { StatusOptions } from "../options.ts";
import { statusOf } from "../status.ts";
import { statusJson, statusLines } from "../ui/status.ts";
import { type Machine, realMachine } from "../machine.ts";
import { interruptible } from "./interrupt.ts";
import { warner } from "./warner.ts";

/** `kerek status` at the edge. */
export async function runStatus(
  options: StatusOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  const status = await interruptible(async (orStop, signal) => {
    const readStdin = () => io.readStdin();
    const ports = { ...machine, readStdin, signal, warn: warner(io) };
    await using programs = await openPrograms(options, ports);
    return await orStop(statusOf(programs, options, machine.here));
  });
  io.stderr(status.warnings.map((warning) => `Warning: ${warning}\n`).join(""));
  const text = options.format === "json" ? statusJson(status) : statusLines(status).join("\n");
  if (text !== "") io.stdout(`${text}\n`);
  return ExitCode.done;
}
