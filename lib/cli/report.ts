import { ExitCode, KerekError } from "../errors.ts";
import { printable } from "../ui/printable.ts";

/** What the user gets to read about an error that ended kerek, and the exit code. */
export interface Report {
  text: string;
  exitCode: ExitCode;
}

/**
 * Describes an error, without what would steer the terminal: words of a command line, of other
 * programs and of other machines are in it. Where in the code it comes from is for `debug` only.
 */
export function report(thrown: unknown, debug: boolean): Report {
  const error = KerekError.from(thrown);
  const lines = error.exitCode === ExitCode.unexpected ? defect(error, debug) : failure(error);
  if (debug) lines.push(Deno.inspect(thrown));
  const text = lines.flatMap((line) => line.split("\n")).map((line) => `${printable(line)}\n`);
  return { text: text.join(""), exitCode: error.exitCode };
}

function failure(error: KerekError): string[] {
  return [
    error.message,
    ...error.details.map((line) => `  ${line}`),
    ...error.hint ? [`hint: ${error.hint}`] : [],
  ];
}

function defect(error: KerekError, debug: boolean): string[] {
  const advice = debug
    ? "report what follows"
    : "run it again with --debug and report what it shows";
  return [`Cannot go on: ${error.message}`, `hint: this is a defect of kerek; ${advice}`];
}
