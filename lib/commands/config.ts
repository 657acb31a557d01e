import type { Io } from "../cli/io.ts";
import { surroundings } from "../engine/surroundings.ts";
import { spawner } from "../engine/spawn.ts";
import { ExitCode } from "../errors.ts";
import type { ConfigOptions } from "../options.ts";
import type { Machine } from "../machine.ts";
import { linesOf, type Told, toldResult } from "../ui/told.ts";
import { telling } from "./display.ts";

/** `kerek config` at the edge. */
export async function runConfig(
  options: ConfigOptions,
  io: Io,
  machine: Omit<Machine, "clock" | "here"> = {
    spawner,
    surroundings: surroundings(options.engine),
  },
): Promise<ExitCode> {
  return await telling(options.compose, io, async ({ emit, warn }) => {
    if (options.schema) {
      emit(await toldSchema());
      return ExitCode.done;
    }
    const { showConfig } = await import("../show_config.ts");
    const readStdin = () => io.readStdin();
    const { lines, warnings } = await showConfig(options, { ...machine, readStdin });
    warnings.forEach(warn);
    emit(toldResult("config", { yaml: lines.join("\n") }, { result: lines }));
    return ExitCode.done;
  });
}

async function toldSchema(): Promise<Told> {
  const { jsonSchemaText } = await import("../config/json_schema.ts");
  const text = jsonSchemaText();
  return toldResult("config", JSON.parse(text), { result: linesOf(text) });
}
