import type { Io } from "../cli/io.ts";
import { ExitCode, KerekError } from "../errors.ts";
import { shippedHooks } from "../hooks/shipped.ts";
import { hookStarter } from "../hooks/starter.ts";
import type { HooksOptions } from "../options.ts";
import { type Told, toldResult } from "../ui/told.ts";
import { telling } from "./display.ts";
import { fileReason } from "../file_reason.ts";

/** `kerek hooks init` and `kerek hooks list`. */
export async function runHooks(options: HooksOptions, io: Io): Promise<ExitCode> {
  return await telling(options, io, async ({ emit }) => {
    emit(options.action === "list" ? toldList() : await init(options));
    return ExitCode.done;
  });
}

function toldList(): Told {
  const width = Math.max(...Object.keys(shippedHooks).map((name) => name.length));
  const result = Object.entries(shippedHooks)
    .map(([name, what]) => `kerek:${name.padEnd(width)}  ${what}`);
  return toldResult("hooks list", { modules: shippedHooks }, { result });
}

async function init({ file, dryRun = false }: HooksOptions): Promise<Told> {
  const told = (lines: Pick<Told, "result" | "notes">) =>
    toldResult("hooks init", { file, dryRun }, lines);
  if (dryRun) return told({ result: [`Would write ${file}`] });
  try {
    await Deno.writeTextFile(file, hookStarter, { createNew: true });
  } catch (error) {
    throw new KerekError(`Cannot write ${file}: ${fileReason(error)}`, {
      hint: error instanceof Deno.errors.AlreadyExists
        ? "Name another file: kerek hooks init FILE"
        : "Name a file in a folder that is there and that you may write to: kerek hooks init FILE",
      cause: error,
    });
  }
  return told({
    notes: [
      `Wrote ${file}. Name it in your Compose file:`,
      ...["", "  x-kerek:", `    hooks: ${file}`],
    ],
  });
}
