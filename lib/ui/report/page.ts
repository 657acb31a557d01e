import type { DeployEvent } from "../../execute/events.ts";
import { version } from "../../version.ts";
import { eventRecord } from "../event_record.ts";
import { closingLine, probedLine, secondsText } from "../plain.ts";
import type { State } from "../timeline/lifetime.ts";
import { type Timeline, timelineOf } from "../timeline/timeline.ts";
import { escape, scriptJson } from "./escape.ts";
import { eventRows } from "./event_rows.ts";
import { pictureOf, shapes, stateNames } from "./picture.ts";
import { style } from "./style.ts";

/** What a report says besides the events. */
export interface ReportFacts {
  /** The clock's time now, and the date that this is, in milliseconds since 1970. */
  now: number;
  dateMs: number;
}

/**
 * The page of `--report`: all in one file, without a script that runs and without anything from
 * elsewhere, which its policy forbids, too. Events are in it as `--progress json` has them.
 */
export function reportPage(events: readonly DeployEvent[], facts: ReportFacts): string {
  const timeline = timelineOf(events);
  const title = timeline.project ? `Deploy of ${timeline.project}` : "Deploy";
  const records = events.map(eventRecord);
  const others = events.filter((event) => event.type !== "request" || event.failure !== undefined);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escape(title)}</h1>
${summary(events, timeline, facts)}
${timeline.services.length + timeline.requests.length > 0 ? drawing(timeline) : ""}
<h2>Events</h2>
${eventTable(others, timeline.from)}
${allRequests(timeline)}
<footer>Written by kerek ${escape(version)}. What containers, Compose and hooks print is shown as it
is.</footer>
<script type="application/json" id="events">${scriptJson(records)}</script>
</body>
</html>
`;
}

function allRequests({ requests, from }: Timeline): string {
  if (requests.length === 0) return "";
  return `<details><summary>All ${requests.length} requests</summary>` +
    `${eventTable(requests, from)}</details>`;
}

function eventTable(events: readonly DeployEvent[], from: number): string {
  return `<table>
<thead><tr><th class="time" scope="col">at</th><th scope="col">what happened</th></tr></thead>
<tbody>
${eventRows(events, from)}
</tbody>
</table>`;
}

function summary(
  events: readonly DeployEvent[],
  { from, outcome }: Timeline,
  { now, dateMs }: ReportFacts,
): string {
  const startedAt = new Date(dateMs - (now - from)).toISOString().replace("T", " ").slice(0, 19);
  const isGood = outcome === "done" || outcome === "nothing";
  const probed = events.find((event) => event.type === "probed");
  return [
    `<p class="verdict ${isGood ? "good" : "bad"}">${escape(verdict(events))}</p>`,
    ...(probed
      ? [
        `<p class="${probed.failed > 0 ? "bad" : "good"}">${escape(probedLine(probed))}</p>`,
      ]
      : []),
    `<p class="faint">Begun ${startedAt} UTC</p>`,
  ].join("\n");
}

function verdict(events: readonly DeployEvent[]): string {
  const last = events.findLast((event) => event.type === "finished" || event.type === "error");
  if (last?.type === "finished") return closingLine(last);
  return last ? last.message : "It did not come to an end.";
}

function drawing(timeline: Timeline): string {
  const lives = timeline.services.flatMap(({ replicas }) => replicas);
  const states = new Set(lives.flatMap(({ spans }) => spans.map(({ state }) => state)));
  const names = new Map([...states].map((state) => [stateNames[state], state]));
  const sample = ([name, state]: [string, State]) =>
    `<li><svg width="18" height="16" aria-hidden="true"><rect class="${state}" width="18" ` +
    `y="${shapes[state].top}" height="${shapes[state].height}"/></svg>${name}</li>`;
  return `${pictureOf(timeline)}
<ul class="legend">${[...names].map(sample).join("")}<li>all in all ${
    secondsText(timeline.durationMs)
  }</li></ul>`;
}
