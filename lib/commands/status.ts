import type { Io } from "../cli/io.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { surroundings } from "../engine/surroundings.ts";
import { spawner } from "../engine/spawn.ts";
import { ExitCode } from "../errors.ts";
import { realHere } from "../lock/here.ts";
import type { StatusOptions } from "../options.ts";
import { statusOf } from "../status.ts";
import { statusJson, statusLines } from "../ui/status.ts";
import type { Machine } from "./deploy.ts";

/** `kerek status` at the edge. */
export async function runStatus(
  options: StatusOptions,
  io: Io,
  { here = realHere(), ...machine }: Partial<Machine> = {},
): Promise<ExitCode> {
  const programs = await openPrograms(options, {
    spawner,
    surroundings: surroundings(options.engine),
    ...machine,
    readStdin: () => io.readStdin(),
  });
  const status = await statusOf(programs, options, here);
  io.stderr(status.warnings.map((warning) => `Warning: ${warning}\n`).join(""));
  const text = options.format === "json" ? statusJson(status) : statusLines(status).join("\n");
  if (text !== "") io.stdout(`${text}\n`);
  return ExitCode.done;
}
