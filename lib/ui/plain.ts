import type { DeployEvent, Outcome } from "../execute/events.ts";
import { cannot, describe, doing, done, refName, wouldDo } from "../plan/describe.ts";
import type { Plan, Step } from "../plan/model.ts";
import type { ServiceOutcome } from "../plan/summarize.ts";
import { printable } from "./printable.ts";

/** The lines that an event is worth in plain output; none for what would only be noise. */
export function plainLines(event: DeployEvent): string[] {
  return linesOf(event).map(printable);
}

function linesOf(event: DeployEvent): string[] {
  switch (event.type) {
    case "planned":
      return [
        ...event.plan.warnings.map((warning) => `Warning: ${warning}`),
        ...(event.dryRun ? dryRunLines(event.plan) : []),
      ];
    case "step-started":
      return isLong(event.step) ? [`${doing(describe(event.step.action))} …`] : [];
    case "step-done":
      // That all is well at the end is what the closing line says.
      if (event.step.action.kind === "verify") return [];
      return [`${doneText(event.step, event.detail)} ${aside(event.durationMs, event.step)}`];
    case "step-failed":
      return [
        cannot(describe(event.step.action), event.reason),
        ...(event.hint ? [`hint: ${event.hint}`] : []),
        ...event.lastLines.map((line) => `  | ${line}`),
      ];
    case "step-aborted":
      return [];
    case "lock":
      return [lockLine(event.state, event.holder)];
    case "history":
      return historyLine(event.state, event.text, event.entry);
    case "output":
      return event.text.split(/[\r\n]+/).filter((line) => line.trim()).map((line) => `  | ${line}`);
    case "hook-log":
      return event.text.split("\n").map((line) => `  | ${event.module}: ${line}`);
    case "interrupted":
      return ["Interrupted: finishing what is in hand; another Ctrl-C ends kerek at once …"];
    case "request":
      return [];
    case "probed":
      return [probedLine(event)];
    case "error":
      // The command line prints these for all commands alike.
      return [];
    case "recovering":
      return ["Putting back what was not finished …", ...event.losses.map((x) => `Lost: ${x}`)];
    case "finished":
      return [
        ...(isFailure(event.outcome) ? event.services.flatMap(serviceLine) : []),
        closingLine(event),
      ];
  }
  return event satisfies never;
}

/** What came of all requests of `--probe`. */
export function probedLine(
  { url, sent, failed, firstFailure }: Omit<
    Extract<DeployEvent, { type: "probed" }>,
    "type" | "at"
  >,
): string {
  const count = `${sent} ${sent === 1 ? "request" : "requests"} to ${url}`;
  return failed === 0
    ? `${count}: none failed`
    : `${count}: ${failed} failed, the first by this: ${firstFailure}`;
}

function lockLine(state: "waiting" | "taken-over" | "lost", holder: string): string {
  switch (state) {
    case "waiting":
      return `Waiting for ${holder}, which is deploying this project …`;
    case "taken-over":
      return `Took over the lock of ${holder}, which has died`;
    case "lost":
      return "Somebody has broken this deploy's lock, so it stops here";
  }
  return state satisfies never;
}

function historyLine(
  state: "going-back" | "kept" | "not-kept",
  text: string,
  entry?: number,
): string[] {
  switch (state) {
    case "going-back":
      return [`Going back to ${entry} (${text})`];
    case "kept":
      return [];
    case "not-kept":
      return [`Warning: this deploy is not in the history: ${text}`];
  }
  return state satisfies never;
}

/** Steps whose beginning is told, as the user may wonder what takes so long. */
function isLong({ action }: Step): boolean {
  return action.kind === "build" || action.kind === "pull";
}

function doneText(step: Step, detail: string): string {
  const { action } = step;
  if (action.kind === "ready") return `${refName(action.container)} is ${detail}`;
  const text = done(describe(action));
  return detail ? `${text}: ${detail}` : text;
}

function aside(durationMs: number, step: Step): string {
  return `(${[secondsText(durationMs), step.cause].filter((x) => x).join("; ")})`;
}

function dryRunLines(plan: Plan): string[] {
  const isChange = changedServices(plan).length > 0;
  const steps = plan.steps.filter(({ action: { kind } }) =>
    isChange || kind === "build" || kind === "pull"
  );
  if (steps.length === 0) return [nothingToDo(plan)];
  return [
    ...steps.map((step) => `${wouldDo(describe(step.action))} (${step.cause})`),
    ...(isChange ? plan.afterwards ?? [] : []).map((step) =>
      `${wouldDo(describe(step.action))} (${step.cause})`
    ),
    ...(isChange ? [] : ["What else would be done depends on the images that this brings"]),
  ];
}

function isFailure(outcome: Outcome): boolean {
  return outcome === "restored" || outcome === "not-restored" || outcome === "interrupted";
}

/** What became of a service, where not all went well. */
function serviceLine({ service, kind, done, total }: ServiceOutcome): string[] {
  switch (kind) {
    case "unchanged":
      return [];
    case "updated":
      return [`${service}: updated`];
    case "partly":
      return [`${service}: ${done} of ${total} replicas updated, the others are as before`];
    case "as-before":
      return [`${service}: as before`];
    case "rolled-back":
      return [`${service}: rolled back, as before`];
    case "not-reached":
      return [`${service}: not reached, as before`];
    case "unclear":
      return [`${service}: look at it, ${done} of ${total} replicas are known to be updated`];
  }
  return kind satisfies never;
}

/** What became of all of it. */
export function closingLine(
  { outcome, plan, durationMs, services }: Pick<
    Extract<DeployEvent, { type: "finished" }>,
    "outcome" | "plan" | "durationMs" | "services"
  >,
): string {
  const time = secondsText(durationMs);
  switch (outcome) {
    case "nothing":
      return nothingToDo(plan);
    case "done":
      return doneLine(plan, time) ?? nothingToDo(plan);
    case "untouched":
      return `Failed after ${time}; nothing that runs was touched.`;
    case "restored":
      return `Failed after ${time}; ${whatIsLeft(services)}. Mend it and deploy again.`;
    case "interrupted":
      return `Interrupted after ${time}; what was not done is as it was before. Deploy again to go on.`;
    case "not-restored":
      return `Failed after ${time}, and not all could be put back: see the lines above and ` +
        "`docker compose ps --all`.";
  }
  return outcome satisfies never;
}

/** What a failure left that was put back. */
function whatIsLeft(services: ServiceOutcome[]): string {
  const kept = services.filter(({ kind }) => kind === "updated" || kind === "partly");
  return kept.length === 0
    ? "what runs is as it was before"
    : `what was done for ${
      kept.map(({ service }) => service).join(", ")
    } stays, all else is as before`;
}

function doneLine(plan: Plan, time: string): string | undefined {
  const [defined, gone] = [true, false].map((isDefined) =>
    plan.changes.filter(({ desired, cause }) => cause && (desired !== undefined) === isDefined)
      .map(({ service }) => service).join(", ")
  );
  if (plan.purpose === "create") {
    return defined ? `Created containers of ${defined} in ${time}; none was started.` : undefined;
  }
  const verb = plan.purpose === "rollback" ? "Rolled back" : "Deployed";
  const parts = [
    defined && `${verb} ${defined}`,
    gone && `${defined ? "removed" : "Removed"} ${gone}`,
  ];
  const text = parts.filter((part) => part).join(" and ");
  return text ? `${text} in ${time}.` : undefined;
}

function nothingToDo(plan: Plan): string {
  const services = plan.changes.filter((change) => change.desired);
  const { length: count } = services;
  if (count === 0) return "Nothing to do: no service of the Compose files is active.";
  const are = count === 1 ? "service is" : "services are";
  if (plan.purpose === "rollback") {
    return `Nothing to do: ${count} ${are} as that deploy left ${count === 1 ? "it" : "them"}. ` +
      "`kerek history` lists others, which --to takes.";
  }
  return plan.purpose === "create" && services.some(({ cause }) => cause)
    ? "Nothing to create: all containers are there; deploy without --no-start to go on."
    : `Nothing to do: ${count} ${are} up to date.`;
}

function changedServices(plan: Plan): string[] {
  return plan.changes.filter((change) => change.cause).map((change) => change.service);
}

/** A time span as lines have it. */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
