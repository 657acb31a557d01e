/**
 * How kerek ends. The numbers are a contract with scripts: they are listed in `kerek --help`
 * and the README, and do not change within a major version.
 */
export const ExitCode = {
  /** Done, or nothing to do. */
  done: 0,
  /** A defect of kerek itself: no other code fits. */
  unexpected: 1,
  /** The command line was wrong; nothing was read or touched. */
  usage: 2,
  /** Failed before anything that runs was touched. */
  untouched: 3,
  /** Failed; what was being replaced serves again as before. */
  restored: 4,
  /** Failed, and something could not be put back: look at it. */
  notRestored: 5,
  /** Another deploy of the project is going on; nothing was touched. */
  locked: 6,
  /** Interrupted by Ctrl-C, SIGTERM or the end of the terminal or SSH session. */
  interrupted: 130,
} as const;

/** One of the values of {@linkcode ExitCode}. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/**
 * The one error that kerek throws on purpose.
 *
 * `message` says what could not be done and why (`Cannot … : …`), `hint` what to do about it.
 * Anything else that is thrown is a defect and ends with {@linkcode ExitCode.unexpected}.
 */
export class KerekError extends Error {
  /** What the reader can do about it, one sentence or more; absent if there is nothing to advise. */
  readonly hint?: string;
  /** Further lines that explain it, such as a program's output; often empty. */
  readonly details: string[];
  /** The exit code that this error ends the process with. */
  readonly exitCode: ExitCode;

  /** Makes one; the exit code is {@linkcode ExitCode.untouched} unless another is given. */
  constructor(
    message: string,
    options: { hint?: string; details?: string[]; cause?: unknown; exitCode?: ExitCode } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "KerekError";
    this.hint = options.hint;
    this.details = options.details ?? [];
    this.exitCode = options.exitCode ?? ExitCode.untouched;
  }

  /** Whatever was thrown, as a KerekError; what is not one already is a defect of kerek. */
  static from(error: unknown): KerekError {
    if (error instanceof KerekError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new KerekError(message, { cause: error, exitCode: ExitCode.unexpected });
  }
}
