import type { Io } from "../cli/io.ts";
import type { ExitCode } from "../errors.ts";
import type { RollbackOptions } from "../options.ts";
import { rollback } from "../rollback.ts";
import { type Machine, realMachine } from "../machine.ts";
import { atEdge } from "./deploy.ts";

/** `kerek rollback` at the edge. */
export async function runRollback(
  options: RollbackOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  return await atEdge(options, io, machine, (ports) => rollback(options, ports));
}
