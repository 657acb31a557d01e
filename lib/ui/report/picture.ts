import type { Lifetime, Span, State } from "../timeline/lifetime.ts";
import { ticks, timeText } from "../timeline/scale.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { truncateStart } from "../width.ts";
import { escape } from "./escape.ts";

/** Heights in pixels; what is across is in percent, so that it fits any width. */
const rowHeight = 44;
const headHeight = 34;
const axisHeight = 26;
const barHeight = 16;
/** More columns than that do not fit a phone; the bars have the whole name in their titles. */
const longestName = 36;
/** Where a bar is in its row, below its name. */
const barTop = 22;

/** What states are called in the picture. */
export const stateNames: Record<State, string> = {
  created: "does not run",
  starting: "starts",
  checking: "is at its gates",
  serving: "serves",
  draining: "drains",
  stopping: "stops",
  failed: "failed",
  stopped: "does not run",
};

/** The lifetimes of containers, the turns of the deploy and its requests as one SVG. */
export function pictureOf(timeline: Timeline): string {
  const x = acrossOf(timeline);
  let top = axisHeight;
  const parts: string[] = [];
  const place = (height: number, draw: (top: number) => string) => {
    parts.push(draw(top));
    top += height;
  };
  for (const { service, cause, replicas } of timeline.services) {
    place(headHeight, (y) => heading(service, cause, y));
    for (const life of replicas.filter(({ spans }) => spans.length > 0)) {
      place(rowHeight, (y) => row(life, y, x));
    }
  }
  if (timeline.requests.length > 0) place(headHeight + rowHeight, (y) => requests(timeline, y, x));
  const height = top + 8;
  return `<svg id="timeline" role="img" aria-label="When which container ran" width="100%" ` +
    `height="${height}" data-from="${timeline.from}" data-to="${timeline.to}">\n` +
    [...axis(timeline, height, x), ...notes(timeline, height, x), ...parts].join("\n") +
    "\n</svg>";
}

/** Gives the place of a moment, in percent of the width. */
type Across = (at: number) => number;

function acrossOf({ from, to }: Timeline): Across {
  const length = Math.max(1, to - from);
  return (at) => Math.round((at - from) / length * 100_000) / 1000;
}

function axis({ from, to }: Timeline, height: number, x: Across): string[] {
  return ticks(Math.max(1, to - from), 6).flatMap(({ atMs, text }) => {
    const place = x(from + atMs);
    // The last name would be cut off at the edge.
    const anchor = place > 90 ? "end" : "start";
    const shift = anchor === "end" ? -4 : 4;
    return [
      `<line class="tick" x1="${place}%" x2="${place}%" y1="0" y2="${height}"/>`,
      `<text class="axis" x="${place}%" y="14" dx="${shift}" ` +
      `text-anchor="${anchor}">${escape(text)}</text>`,
    ];
  });
}

function notes({ notes }: Timeline, height: number, x: Across): string[] {
  return notes.map(({ at, kind, text }) =>
    `<g class="note ${kind}" data-at="${at}"><title>${escape(text)}</title>` +
    `<line x1="${x(at)}%" x2="${x(at)}%" y1="${axisHeight - 6}" y2="${height}"/></g>`
  );
}

const heading = (service: string, cause: string, y: number): string =>
  `<text class="service" x="0" y="${y + 22}">${escape(service)}` +
  `<tspan class="cause" dx="8">${escape(cause)}</tspan></text>`;

function row(life: Lifetime, y: number, x: Across): string {
  const spans = life.spans.map((span) => bar(span, life, y, x));
  const failures = life.failedAt.map((at) =>
    `<text class="cross" x="${x(at)}%" y="${y + barTop + 13}" text-anchor="middle">✗</text>`
  );
  return `<g class="replica" data-name="${escape(life.name)}" data-part="${life.part}">` +
    `<text class="name" x="0" y="${y + 15}">${escape(truncateStart(life.name, longestName))}` +
    `<tspan class="cause" dx="6">${life.part}</tspan></text>` +
    [...spans, ...failures].join("") + "</g>";
}

function bar({ state, from, to }: Span, { name }: Lifetime, y: number, x: Across): string {
  const until = to ?? Infinity;
  const end = Math.min(100, Number.isFinite(until) ? x(until) : 100);
  const width = Math.max(0, Math.round((end - x(from)) * 1000) / 1000);
  const times = to === undefined ? "" : `, ${timeText(to - from)}`;
  const { top, height } = shapes[state];
  return `<rect class="${state}" data-from="${from}" ` +
    `${to === undefined ? "" : `data-to="${to}" `}` +
    `x="${x(from)}%" width="${width}%" y="${y + barTop + top}" height="${height}">` +
    `<title>${escape(`${name} ${stateNames[state]}${times}`)}</title></rect>`;
}

/** States differ in shape, too, as not everybody tells colours apart. */
export const shapes: Record<State, { top: number; height: number }> = {
  created: { top: 7, height: 2 },
  starting: { top: 4, height: 8 },
  checking: { top: 2, height: 12 },
  serving: { top: 0, height: barHeight },
  draining: { top: 2, height: 12 },
  stopping: { top: 4, height: 8 },
  failed: { top: 4, height: 8 },
  stopped: { top: 7, height: 2 },
};

function requests({ requests }: Timeline, y: number, x: Across): string {
  const failed = requests.filter(({ failure }) => failure !== undefined).length;
  const top = y + headHeight;
  // Those that failed are drawn last, over the others.
  const inOrder = requests.toSorted((a, b) =>
    Number(a.failure !== undefined) - Number(b.failure !== undefined)
  );
  const marks = inOrder.map(({ at, durationMs, status, failure }) => {
    const start = x(at - durationMs);
    const text = failure ?? `status ${status}`;
    const [from, to] = failure === undefined ? [top + 6, top + 14] : [top, top + 20];
    return `<line class="request ${failure === undefined ? "ok" : "bad"}" data-at="${at}" ` +
      `x1="${start}%" x2="${start}%" y1="${from}" y2="${to}">` +
      `<title>${escape(`${text}, ${timeText(durationMs)}`)}</title></line>`;
  });
  return `<g class="requests"><text class="service" x="0" y="${y + 22}">Requests` +
    `<tspan class="cause" dx="8">${requests.length} sent, ${failed} failed</tspan></text>` +
    marks.join("") + "</g>";
}
