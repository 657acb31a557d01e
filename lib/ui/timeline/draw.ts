import { type Palette, plainPalette } from "../palette.ts";
import { printable } from "../printable.ts";
import { truncate, truncateStart, width } from "../width.ts";
import type { Lifetime, Span, State } from "./lifetime.ts";
import { secondsText } from "../plain.ts";
import { ticks, timeText } from "./scale.ts";
import type { Timeline } from "./timeline.ts";

/** How a container's state is drawn, and called. */
const strokes: Record<State, { stroke: string; meaning: string; color: keyof Palette }> = {
  created: { stroke: " ", meaning: "", color: "dim" },
  starting: { stroke: "╌", meaning: "starts", color: "yellow" },
  checking: { stroke: "═", meaning: "is at its gates", color: "yellow" },
  serving: { stroke: "─", meaning: "serves", color: "green" },
  draining: { stroke: "~", meaning: "drains", color: "dim" },
  stopping: { stroke: "·", meaning: "stops", color: "dim" },
  failed: { stroke: "✗", meaning: "failed", color: "red" },
  stopped: { stroke: " ", meaning: "", color: "dim" },
};

/** Columns that the drawing itself has at least, however long the names are. */
const leastColumns = 20;

/** Draws lifetimes of containers to scale, for a terminal of so many columns. */
export function timelineLines(
  timeline: Timeline,
  columns: number,
  palette: Palette = plainPalette,
): string[] {
  if (timeline.services.length === 0 && timeline.requests.length === 0) return [];
  const labels = timeline.services.flatMap(({ replicas }) => replicas.map(labelOf));
  const longest = Math.max(0, ...labels.map(width));
  const labelWidth = Math.min(longest, Math.max(8, columns - leastColumns - 4));
  const axis: Axis = {
    from: timeline.from,
    lengthMs: Math.max(1, timeline.to - timeline.from),
    columns: Math.max(leastColumns, columns - labelWidth - 4),
  };
  const row = (label: string, bar: string) =>
    `  ${truncateStart(label, labelWidth).padEnd(labelWidth)} ${bar}`.trimEnd();
  return [
    `${timeline.project || "deploy"}: ${secondsText(timeline.durationMs)}`,
    row("", palette.dim(axisLine(axis))),
    ...timeline.services.flatMap(({ service, cause, replicas }) => [
      truncate(`${service} (${cause})`, columns - 1),
      ...replicas.filter(isShown).map((life) =>
        row(labelOf(life), bar(life, axis, palette) || palette.dim("(never ran)"))
      ),
    ]),
    ...(timeline.requests.length > 0
      ? [requestsText(timeline), row("", requestsBar(timeline, axis))]
      : []),
    ...timeline.notes.map(({ at, kind, text }) => {
      const line = truncate(
        `  ${timeText(at - timeline.from)}: ${printable(text)}`,
        columns - 1,
      );
      return kind === "failure" ? palette.red(line) : line;
    }),
    ...legend(timeline, columns),
  ];
}

interface Axis {
  from: number;
  lengthMs: number;
  columns: number;
}

const labelOf = ({ name, part }: Lifetime): string => `${name} ${part}`;

/** What was to come and never did is not drawn. */
const isShown = ({ spans }: Lifetime): boolean => spans.length > 0;

function column({ from, lengthMs, columns }: Axis, at: number): number {
  return Math.min(columns - 1, Math.floor((at - from) / lengthMs * columns));
}

function axisLine(axis: Axis): string {
  let line = "";
  for (const { atMs, text } of ticks(axis.lengthMs, axis.columns / 9)) {
    const at = column(axis, axis.from + atMs);
    if (at + text.length + 1 <= axis.columns) line = `${line.padEnd(at)}╷${text}`;
  }
  return line;
}

/** One cell a column; what is short is drawn over what is long, so that it is seen. */
function bar(life: Lifetime, axis: Axis, palette: Palette): string {
  const cells: { text: string; color: keyof Palette }[] = Array.from(
    { length: axis.columns },
    () => ({ text: " ", color: "dim" }),
  );
  const to = life.goneAt ?? axis.from + axis.lengthMs;
  const lengthOf = (span: Span) => (span.to ?? to) - span.from;
  for (const span of life.spans.toSorted((a, b) => lengthOf(b) - lengthOf(a))) {
    const [first, last] = [column(axis, span.from), column(axis, (span.to ?? to) - 0.001)];
    const { stroke, color } = strokes[span.state];
    for (let i = first; i <= last; i++) cells[i] = { text: stroke, color };
  }
  for (const { at, sign } of turns(life)) {
    const i = column(axis, at);
    cells[i] = { ...cells[i], text: sign };
  }
  for (const at of life.failedAt) cells[column(axis, at)] = { text: "✗", color: "red" };
  return painted(cells, palette);
}

/** Where it begins and ends to run, as in the README's pictures. */
function turns({ spans, wasThere }: Lifetime): { at: number; sign: string }[] {
  const runs = (span?: Span) =>
    span !== undefined && span.state !== "created" && span.state !== "stopped";
  return spans.flatMap((span, i) => {
    const begins = runs(span) && (i === 0 ? !wasThere : !runs(spans[i - 1]));
    const ends = runs(span) && span.to !== undefined && !runs(spans[i + 1]);
    return [
      ...(begins ? [{ at: span.from, sign: "├" }] : []),
      ...(ends ? [{ at: span.to! - 0.001, sign: "┤" }] : []),
    ];
  });
}

function painted(cells: { text: string; color: keyof Palette }[], palette: Palette): string {
  const length = cells.findLastIndex((cell) => cell.text !== " ") + 1;
  let text = "";
  for (let i = 0; i < length;) {
    let end = i;
    while (end < length && cells[end].color === cells[i].color) end++;
    text += palette[cells[i].color](cells.slice(i, end).map((cell) => cell.text).join(""));
    i = end;
  }
  return text;
}

function requestsBar({ requests }: Timeline, axis: Axis): string {
  const cells = Array.from({ length: axis.columns }, () => " ");
  for (const { at, durationMs, failure } of requests) {
    const i = column(axis, at - durationMs);
    if (failure !== undefined) cells[i] = "✗";
    else if (cells[i] === " ") cells[i] = "·";
  }
  return cells.join("");
}

function requestsText({ requests }: Timeline): string {
  const failed = requests.filter(({ failure }) => failure !== undefined).length;
  return `requests (${requests.length} sent, ${failed} failed)`;
}

/** What the strokes that are there mean. */
function legend({ services }: Timeline, columns: number): string[] {
  const lives = services.flatMap(({ replicas }) => replicas);
  const states = new Set(lives.flatMap(({ spans }) => spans.map(({ state }) => state)));
  const entries = Object.entries(strokes).filter(([state, { meaning }]) =>
    meaning && states.has(state as State)
  ).map(([, { stroke, meaning }]) => `${stroke} ${meaning}`);
  const lines: string[] = [];
  for (const entry of ["├ begins", "┤ has ended", ...entries]) {
    const longer = `${lines.at(-1) ?? " "}  ${entry}`;
    if (lines.length > 0 && width(longer) < columns) lines[lines.length - 1] = longer;
    else lines.push(`  ${entry}`);
  }
  return lines;
}
