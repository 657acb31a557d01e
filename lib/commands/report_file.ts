import type { Io } from "../cli/io.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { DeployEvent } from "../execute/events.ts";
import { fileReason } from "../file_reason.ts";

/** Whether nothing is lost if a report takes its place: a mistyped name may be that of any file. */
async function isPageOrEmpty(file: Deno.FsFile): Promise<boolean> {
  if (!(await file.stat()).isFile) return true;
  const start = new Uint8Array(64);
  const count = await file.read(start) ?? 0;
  await file.seek(0, Deno.SeekMode.Start);
  return count === 0 || new TextDecoder().decode(start).toLowerCase().startsWith("<!doctype html>");
}

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
      const options = { read: true, write: true, create: true, mode: 0o600 };
      const file = await Deno.open(path, options);
      if (await isPageOrEmpty(file)) return new ReportFile(path, file);
      file.close();
    } catch (error) {
      throw new KerekError(`Cannot write the report ${path}: ${fileReason(error)}`, {
        hint: "Name a file in a folder that is there and that you may write to.",
        exitCode: ExitCode.usage,
        cause: error,
      });
    }
    throw new KerekError(`Cannot write the report ${path}: it is there, and no report`, {
      hint: "Name another file, or remove that one.",
      exitCode: ExitCode.usage,
    });
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
