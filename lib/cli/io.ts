/** What the command line needs of the process around it, so that tests need no process. */
export interface Io {
  /** Writes `text`, as it is, to standard output. Never throws, even if nobody reads it. */
  stdout(text: string): void;
  /** Writes `text`, as it is, to standard error. Never throws, even if nobody reads it. */
  stderr(text: string): void;
  /** Reads all of standard input. */
  readStdin(): Promise<string>;
  /** Value of an environment variable. */
  env(name: string): string | undefined;
  /** Which standard streams are terminals. */
  readonly isTerminal: { stdin: boolean; stdout: boolean; stderr: boolean };
  /** Width of the terminal now; absent if there is none. */
  columns(): number | undefined;
  /** Height of the terminal now; absent if there is none. */
  rows(): number | undefined;
}
