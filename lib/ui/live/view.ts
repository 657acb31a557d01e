import type { DeployEvent, Outcome } from "../../execute/events.ts";
import type { Action, Plan, Step } from "../../plan/model.ts";
import { serviceOf } from "../../plan/refs.ts";
import type { ServiceOutcome } from "../../plan/summarize.ts";
import { plainLines } from "../plain.ts";
import { type Lifetimes, live, noLifetimes } from "../timeline/lifetimes.ts";

/** What the live display shows of a deploy. */
export interface View {
  /** When it began, in milliseconds of the clock. */
  since: number;
  plan?: Plan;
  lifetimes: Lifetimes;
  /** By service: when its first step began, and its last one ended. */
  times: Record<string, { from: number; to?: number }>;
  /** Steps in hand, in the order of their beginning. */
  running: { step: Step; since: number }[];
  /** What the builds and pulls in hand have printed. */
  output: string[];
  /** Lines that stay, for above all else; only added to. */
  log: string[];
  /** Who has the lock that is waited for. */
  holder?: string;
  isInterrupted: boolean;
  isRecovering: boolean;
  requests?: { sent: number; failed: number };
  /** Once it is over. */
  end?: { outcome: Outcome; services: ServiceOutcome[]; durationMs: number };
}

/** Before anything has happened. */
export const emptyView = (since: number): View => ({
  since,
  lifetimes: noLifetimes,
  times: {},
  running: [],
  output: [],
  log: [],
  isInterrupted: false,
  isRecovering: false,
});

/** Goes on by one event. */
export function fold(view: View, event: DeployEvent): View {
  return note(advance({ ...view, lifetimes: live(view.lifetimes, event) }, event), event);
}

function advance(view: View, event: DeployEvent): View {
  switch (event.type) {
    case "planned":
      return { ...view, plan: event.plan, holder: undefined };
    case "lock":
      return { ...view, holder: event.state === "waiting" ? event.holder : undefined };
    case "step-started": {
      const { step, at } = event;
      return begun({ ...view, running: [...view.running, { step, since: at }] }, step, at);
    }
    case "step-done":
    case "step-failed":
    case "step-aborted":
      return ended(view, event.step, event.at);
    case "output":
      return { ...view, output: [...view.output, ...plainLines(event)] };
    case "interrupted":
      return { ...view, isInterrupted: true };
    case "recovering":
      return { ...view, isRecovering: true };
    case "request": {
      const { sent, failed } = view.requests ?? { sent: 0, failed: 0 };
      const isFailed = event.failure !== undefined;
      return { ...view, requests: { sent: sent + 1, failed: failed + (isFailed ? 1 : 0) } };
    }
    case "finished": {
      const { outcome, services, durationMs } = event;
      return { ...view, running: [], end: { outcome, services, durationMs } };
    }
    case "hook-log":
    case "probed":
    case "history":
    case "error":
      return view;
  }
  return event satisfies never;
}

/** Adds what is to stay of an event. */
function note(view: View, event: DeployEvent): View {
  const lines = event.type === "step-failed" && printsOutput(event.step.action)
    ? [...view.output, ...plainLines(event)]
    : isToStay(event)
    ? plainLines(event)
    : [];
  const hasPrinted = "step" in event && event.type !== "step-started" &&
    printsOutput(event.step.action);
  return {
    ...view,
    log: lines.length > 0 ? [...view.log, ...lines] : view.log,
    output: hasPrinted ? [] : view.output,
  };
}

/** What the rest of the view does not show, or not for long. */
function isToStay(event: DeployEvent): boolean {
  switch (event.type) {
    case "planned":
      return !event.dryRun;
    case "step-done":
      return event.detail.startsWith("warning");
    case "lock":
      return event.state !== "waiting";
    case "history":
      return event.state !== "kept";
    case "step-failed":
    case "hook-log":
    case "recovering":
    case "interrupted":
    case "probed":
      return true;
    default:
      return false;
  }
}

const printsOutput = ({ kind }: Action): boolean => kind === "build" || kind === "pull";

function begun(view: View, step: Step, at: number): View {
  const service = serviceOf(step);
  if (service === undefined || view.times[service]) return view;
  return { ...view, times: { ...view.times, [service]: { from: at } } };
}

function ended(view: View, step: Step, at: number): View {
  const running = view.running.filter((other) => other.step.id !== step.id);
  const service = serviceOf(step);
  const time = service === undefined ? undefined : view.times[service];
  if (!time) return { ...view, running };
  return { ...view, running, times: { ...view.times, [service!]: { ...time, to: at } } };
}
