import type { EventRecord } from "./event_schema.ts";

/** A record without what all have. */
export type RecordBody = Body<EventRecord>;
type Body<R> = R extends EventRecord ? Omit<R, "version" | "at"> : never;

/** What is told of something, to people. */
export interface Lines {
  /** What the user asked for, for standard output. */
  result?: string[];
  /** What else there is to know, for standard error. */
  notes?: string[];
}

/** Something that a command tells: to programs, and to people. */
export interface Told extends Lines {
  record: RecordBody;
}

/** What a command was asked for. */
export function toldResult(command: string, result: object, lines: Lines): Told {
  // What is undefined is not there, as in what is printed.
  const record = { type: "result", command, result: JSON.parse(JSON.stringify(result)) } as const;
  return { record, ...lines };
}

/** What a command with `--format` was asked for; `lines` are those of a table. */
export function toldTable(
  command: string,
  result: object,
  { format, lines, notes }: { format?: "table" | "json"; lines: string[]; notes?: string[] },
): Told {
  return format === "json"
    ? toldResult(command, result, { result: [JSON.stringify(result, null, 2)] })
    : toldResult(command, result, { result: lines, notes });
}

/** A text without its last line feed, as lines. */
export const linesOf = (text: string): string[] =>
  text === "" ? [] : text.replace(/\n$/, "").split("\n");
