import type { Io } from "../cli/io.ts";
import type { DeployEvent } from "../execute/events.ts";
import type { Clock } from "../execute/ports.ts";
import type { DeployOptions } from "../options.ts";
import { eventRecord } from "../ui/event_record.ts";
import { plainLines } from "../ui/plain.ts";
import { isInCi, progressMode } from "../ui/progress.ts";
import { quietLines } from "../ui/quiet.ts";
import { warner } from "./warner.ts";

/** Shows what happens in a deploy. */
export interface Display {
  /** Takes what happens. */
  emit(event: DeployEvent): void;
  /** Takes what is to be known although nothing fails by it. */
  warn(text: string): void;
  /** Leaves the terminal as it should be, however the deploy ended. */
  close(): void;
}

/** The display that the options ask for. */
export async function openDisplay(
  { compose, dryRun }: DeployOptions,
  io: Io,
  clock: Pick<Clock, "now">,
): Promise<Display> {
  const around = { isTerminal: io.isTerminal.stderr, env: io.env };
  const mode = progressMode(compose, around);
  switch (mode) {
    case "quiet":
      return printer((event) => print(quietLines(event), io.stderr), () => {});
    case "json":
      return printer((event) => print([JSON.stringify(eventRecord(event))], io.stdout), warner(io));
    case "tty": {
      // A dry run's lines are its result.
      if (dryRun) break;
      const { LiveDisplay } = await import("./live_display.ts");
      return new LiveDisplay(compose, io, clock);
    }
    case "plain":
  }
  const stamp = isInCi(io.env)
    ? (line: string) => `${new Date().toISOString()} ${line}`
    : (line: string) => line;
  return printer((event) => {
    const isResult = event.type === "planned" && event.dryRun;
    if (isResult) print(plainLines(event), io.stdout);
    else print(plainLines(event).map(stamp), io.stderr);
  }, warner(io));
}

const printer = (emit: Display["emit"], warn: Display["warn"]): Display => ({
  emit,
  warn,
  close: () => {},
});

function print(lines: string[], write: (text: string) => void): void {
  if (lines.length > 0) write(lines.join("\n") + "\n");
}
