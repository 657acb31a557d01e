import type { DeployEvent } from "../../execute/events.ts";
import { describe, doing } from "../../plan/describe.ts";
import { plainLines } from "../plain.ts";
import { timeText } from "../timeline/scale.ts";
import { escape } from "./escape.ts";

/** Events as rows of a table, each with its time since `from`. */
export function eventRows(events: readonly DeployEvent[], from: number): string {
  return events.map((event) => {
    const { text, details, isBad } = entryOf(event);
    const more = details.length > 0
      ? `<pre>${details.map((line) => escape(line)).join("\n")}</pre>`
      : "";
    return `<tr${isBad ? ` class="bad"` : ""} data-type="${event.type}">` +
      `<td class="time">${timeText(event.at - from)}</td>` +
      `<td>${escape(text)}${more}</td></tr>`;
  }).join("\n");
}

interface Entry {
  text: string;
  details: string[];
  isBad?: boolean;
}

/** Unlike plain lines, there is something for each event. */
function entryOf(event: DeployEvent): Entry {
  switch (event.type) {
    case "planned": {
      const { steps, warnings } = event.plan;
      const count = `${steps.length} ${steps.length === 1 ? "step" : "steps"}`;
      return { text: `Planned ${count}`, details: warnings.map((x) => `Warning: ${x}`) };
    }
    case "step-started":
      return { text: `${doing(describe(event.step.action))} …`, details: [] };
    case "step-aborted":
      return { text: `Gave up: ${doing(describe(event.step.action))}`, details: [] };
    case "step-done": {
      const [line] = plainLines(event);
      return { text: line ?? "All is as it should be", details: [] };
    }
    case "step-failed": {
      const [text, ...hint] = plainLines({ ...event, lastLines: [] });
      return { text, details: [...hint, ...event.lastLines], isBad: true };
    }
    case "output":
    case "hook-log": {
      const who = event.type === "output" ? "Compose printed" : `${event.module} printed`;
      return { text: who, details: event.text.split(/[\r\n]+/).filter((line) => line.trim()) };
    }
    case "request": {
      const { status, failure, durationMs } = event;
      const text = failure === undefined
        ? `Request answered with status ${status} (${timeText(durationMs)})`
        : `Request failed: ${failure} (${timeText(durationMs)})`;
      return { text, details: [], isBad: failure !== undefined };
    }
    case "probed": {
      const [text] = plainLines(event);
      return { text, details: [], isBad: event.failed > 0 };
    }
    case "error": {
      const hint = event.hint === undefined ? [] : [`hint: ${event.hint}`];
      return { text: event.message, details: [...event.details, ...hint], isBad: true };
    }
    case "history": {
      const [text] = plainLines(event);
      const isBad = event.state === "not-kept";
      return { text: text ?? `Kept in the history as ${event.entry}`, details: [], isBad };
    }
    case "recovering": {
      const [text, ...details] = plainLines(event);
      return { text, details, isBad: true };
    }
    case "lock":
    case "interrupted":
    case "finished": {
      const lines = plainLines(event);
      const isBad = event.type === "finished" && !["done", "nothing"].includes(event.outcome);
      return { text: lines.at(-1)!, details: lines.slice(0, -1), isBad };
    }
  }
  return event satisfies never;
}
