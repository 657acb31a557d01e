import { ExitCode, KerekError } from "../errors.ts";

/** The error of a command line that is wrong. */
export function usageError(message: string, hint?: string): KerekError {
  return new KerekError(message, { hint, exitCode: ExitCode.usage });
}
