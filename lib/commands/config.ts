import type { Io } from "../cli/io.ts";
import { surroundings } from "../engine/surroundings.ts";
import { spawner } from "../engine/spawn.ts";
import { ExitCode } from "../errors.ts";
import type { ConfigOptions } from "../options.ts";
import type { Machine } from "../machine.ts";

/** `kerek config` at the edge. */
export async function runConfig(
  options: ConfigOptions,
  io: Io,
  machine: Omit<Machine, "clock" | "here"> = {
    spawner,
    surroundings: surroundings(options.engine),
  },
): Promise<ExitCode> {
  if (options.schema) {
    const { jsonSchemaText } = await import("../config/json_schema.ts");
    io.stdout(jsonSchemaText());
    return ExitCode.done;
  }
  const { showConfig } = await import("../show_config.ts");
  const readStdin = () => io.readStdin();
  const { lines, warnings } = await showConfig(options, { ...machine, readStdin });
  io.stderr(warnings.map((warning) => `Warning: ${warning}\n`).join(""));
  io.stdout(lines.map((line) => `${line}\n`).join(""));
  return ExitCode.done;
}
