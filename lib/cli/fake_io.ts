import type { Io } from "./io.ts";

/** An {@linkcode Io} for tests, which remembers what was written. */
export class FakeIo implements Io {
  readonly written = { stdout: "", stderr: "" };
  readonly isTerminal = { stdin: false, stdout: false, stderr: false };

  constructor(readonly variables: Record<string, string> = {}, readonly stdin: string = "") {}

  stdout = (text: string) => void (this.written.stdout += text);
  stderr = (text: string) => void (this.written.stderr += text);
  readStdin = () => Promise.resolve(this.stdin);
  env = (name: string): string | undefined => this.variables[name];
  columns = () => undefined;
  rows = () => undefined;
}
