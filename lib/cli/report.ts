import { ExitCode, KerekError } from "../errors.ts";

/** What the user gets to read about an error that ended kerek, and the exit code. */
export interface Report {
  text: string;
  exitCode: ExitCode;
}

/** Describes an error; where in the code it comes from is for `debug` only. */
export function report(error: unknown, debug: boolean): Report {
  const stack = debug ? `${Deno.inspect(error)}\n` : "";
  if (error instanceof KerekError) {
    const hint = error.hint ? `hint: ${error.hint}\n` : "";
    return { text: `${error.message}\n${hint}${stack}`, exitCode: error.exitCode };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return {
    text: `Cannot go on: ${reason}\nhint: ${debug ? defect : withDebug}\n${stack}`,
    exitCode: ExitCode.unexpected,
  };
}

const defect = "this is a defect of kerek; please report what follows";
const withDebug = "this is a defect of kerek; run it again with --debug and report what it shows";
