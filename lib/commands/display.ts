import type { Io } from "../cli/io.ts";
import { KerekError } from "../errors.ts";
import { realClock } from "../execute/clock.ts";
import type { Clock } from "../execute/ports.ts";
import type { DisplayOptions } from "../options.ts";
import { version } from "../ui/event_record.ts";
import type { EventRecord } from "../ui/event_schema.ts";
import type { LivePicture, Logged } from "../ui/live/picture.ts";
import { isInCi, progressMode } from "../ui/progress.ts";
import type { Lines, RecordBody, Told } from "../ui/told.ts";
import { warner } from "./warner.ts";

/** Shows what happens. */
export interface Display<Event> {
  /** Takes what happens. */
  readonly emit: (event: Event) => void;
  /** Takes what is to be known although nothing fails by it. */
  readonly warn: (text: string) => void;
  /** Leaves the terminal as it should be, however it ended. */
  close(): void;
}

/** How events of a kind are shown. */
export interface Manner<Event> {
  /** What programs are told, at this time of the clock; nothing if they need not know. */
  record(event: Event, now: number): EventRecord | undefined;
  /** What people are told, line by line. */
  plain(event: Event): Lines;
  /** What of that is left where they want to know of failures alone. */
  quiet(event: Event): Lines;
  /** The live view for a terminal; without it, lines are printed there, too. */
  live?(): Promise<LivePicture<Logged, Event>>;
}

/** The display that the options ask for. */
export async function openDisplay<Event>(
  options: DisplayOptions,
  io: Io,
  clock: Pick<Clock, "now">,
  manner: Manner<Event>,
): Promise<Display<Event>> {
  switch (progressMode(options, { isTerminal: io.isTerminal.stderr, env: io.env })) {
    case "quiet":
      return printer((event) => printTo(io, manner.quiet(event)), () => {});
    case "json": {
      const write = (record: EventRecord | undefined) =>
        record && io.stdout(`${JSON.stringify(record)}\n`);
      return printer(
        (event) => write(manner.record(event, clock.now())),
        (text) => write(recordAt(clock.now(), { type: "warning", text })),
      );
    }
    case "tty": {
      const picture = await manner.live?.();
      if (!picture) break;
      const { LiveDisplay } = await import("./live_display.ts");
      return new LiveDisplay(options, io, clock, picture);
    }
    case "plain":
  }
  const stamp = isInCi(io.env)
    ? (line: string) => `${new Date().toISOString()} ${line}`
    : (line: string) => line;
  return printer((event) => {
    const { result, notes } = manner.plain(event);
    printTo(io, { result, notes: notes?.map(stamp) });
  }, warner(io));
}

/** Lets a command tell what it does; what it throws, programs are told as well. */
export async function telling<T>(
  options: DisplayOptions,
  io: Io,
  act: (display: Display<Told>) => Promise<T>,
): Promise<T> {
  const display = await openDisplay(options, io, realClock, toldManner);
  try {
    return await act(display);
  } catch (error) {
    display.emit({ record: failureRecord(error) });
    throw error;
  } finally {
    display.close();
  }
}

const toldManner: Manner<Told> = {
  record: ({ record }, now) => recordAt(now, record),
  plain: (told) => told,
  quiet: ({ result }) => ({ result }),
};

/** What programs are told of a failure; people are told by the command line, for all alike. */
export function failureRecord(thrown: unknown): Extract<RecordBody, { type: "error" }> {
  const { message, hint, details, exitCode } = KerekError.from(thrown);
  return { type: "error", message, ...hint === undefined ? {} : { hint }, details, exitCode };
}

/** A record at a time of the clock. */
export const recordAt = (at: number, { type, ...others }: RecordBody): EventRecord =>
  ({ version, type, at, ...others }) as EventRecord;

const printer = <Event>(
  emit: Display<Event>["emit"],
  warn: Display<Event>["warn"],
): Display<Event> => ({ emit, warn, close: () => {} });

function printTo(io: Io, { result = [], notes = [] }: Lines): void {
  if (result.length > 0) io.stdout(result.join("\n") + "\n");
  if (notes.length > 0) io.stderr(notes.join("\n") + "\n");
}
