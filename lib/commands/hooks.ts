import type { Io } from "../cli/io.ts";
import { ExitCode, KerekError } from "../errors.ts";
import { shippedHooks } from "../hooks/shipped.ts";
import { hookStarter } from "../hooks/starter.ts";
import type { HooksOptions } from "../options.ts";

/** `kerek hooks init` and `kerek hooks list`. */
export async function runHooks(options: HooksOptions, io: Io): Promise<ExitCode> {
  return options.action === "list" ? list(io) : await init(options, io);
}

function list(io: Io): ExitCode {
  const width = Math.max(...Object.keys(shippedHooks).map((name) => name.length));
  for (const [name, what] of Object.entries(shippedHooks)) {
    io.stdout(`kerek:${name.padEnd(width)}  ${what}\n`);
  }
  return ExitCode.done;
}

async function init({ file, dryRun }: HooksOptions, io: Io): Promise<ExitCode> {
  if (dryRun) {
    io.stdout(`Would write ${file}\n`);
    return ExitCode.done;
  }
  try {
    await Deno.writeTextFile(file, hookStarter, { createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new KerekError(`Cannot write ${file}: it is there already`, {
        hint: "Name another file: kerek hooks init FILE",
      });
    }
    throw new KerekError(`Cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
  io.stderr(`Wrote ${file}. Name it in your Compose file:\n\n  x-kerek:\n    hooks: ${file}\n`);
  return ExitCode.done;
}
