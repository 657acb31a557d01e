import type { Io } from "../cli/io.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { DeployEvent } from "../execute/events.ts";
import { fileReason } from "../file_reason.ts";

/** The file of `--report`. */
export class ReportFile {
  private constructor(private readonly path: string, private readonly file: Deno.FsFile) {}

  /**
   * Opens the file before anything else is done, so that a path that is no good shows then; what is
   * in it stays until there is something to write. Others cannot read a new one, as what containers
   * print can hold secrets.
   *
   * @throws {KerekError} if it cannot be written.
   */
  static async open(path: string): Promise<ReportFile> {
    try {
      const mode = 0o600;
      return new ReportFile(path, await Deno.open(path, { write: true, create: true, mode }));
    } catch (error) {
      throw new KerekError(`Cannot write the report ${path}: ${fileReason(error)}`, {
        hint: "Name a file in a folder that is there and that you may write to.",
        exitCode: ExitCode.usage,
        cause: error,
      });
    }
  }

  /** Writes what has happened. That it cannot is no reason for a deploy to fail. */
  async write(
    events: DeployEvent[],
    facts: { now: number },
    io: Io,
  ): Promise<void> {
    try {
      const { reportPage } = await import("../ui/report/page.ts");
      const page = reportPage(events, { ...facts, dateMs: Date.now() });
      await this.file.truncate();
      const writer = this.file.writable.getWriter();
      await writer.write(new TextEncoder().encode(page));
      await writer.close();
    } catch (error) {
      io.stderr(`Warning: the report ${this.path} could not be written: ${fileReason(error)}\n`);
    }
  }
}
