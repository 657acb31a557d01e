import type { DeployEvent } from "../execute/events.ts";
import { describe, refName } from "../plan/describe.ts";
import type { Action, ServiceChange, Step } from "../plan/model.ts";
import type { EventRecord } from "./event_schema.ts";

type StepRecord = Extract<EventRecord, { type: "step-started" }>["step"];
type ChangeRecord = Extract<EventRecord, { type: "planned" }>["services"][number];

/** Version of the records, here, too, so that no schema has to be loaded. */
export const version = 1 satisfies EventRecord["version"];

/**
 * What `--progress json` says of an event. Fields are named one by one, as plans carry commands and
 * environments of lifecycle hooks, which may hold secrets.
 */
export function eventRecord(event: DeployEvent): EventRecord {
  switch (event.type) {
    case "planned": {
      const { type, at, dryRun, plan: { project, warnings, changes, steps } } = event;
      const services = changes.map(changeRecord);
      return {
        version,
        type,
        at,
        dryRun,
        project,
        warnings,
        services,
        steps: steps.map(stepRecord),
      };
    }
    case "step-started":
    case "step-aborted": {
      const { type, at, phase, step } = event;
      return { version, type, at, phase, step: stepRecord(step) };
    }
    case "step-done": {
      const { type, at, phase, step, durationMs, detail } = event;
      return { version, type, at, phase, step: stepRecord(step), durationMs, detail };
    }
    case "step-failed": {
      const { type, at, phase, step, durationMs, reason, hint, lastLines } = event;
      return {
        ...{ version, type, at, phase, step: stepRecord(step), durationMs, reason },
        ...(hint === undefined ? {} : { hint }),
        lastLines,
      };
    }
    case "lock": {
      const { type, at, state, holder } = event;
      return { version, type, at, state, holder };
    }
    case "history": {
      const { type, at, state, entry, text } = event;
      return { version, type, at, state, ...(entry === undefined ? {} : { entry }), text };
    }
    case "output":
      return { version, type: event.type, at: event.at, text: event.text };
    case "hook-log":
      return { version, type: event.type, at: event.at, module: event.module, text: event.text };
    case "interrupted":
      return { version, type: event.type, at: event.at };
    case "request": {
      const { type, at, durationMs, status, failure } = event;
      return {
        ...{ version, type, at, durationMs },
        ...(status === undefined ? {} : { status }),
        ...(failure === undefined ? {} : { failure }),
      };
    }
    case "probed": {
      const { type, at, url, sent, failed, firstFailure } = event;
      return {
        ...{ version, type, at, url, sent, failed },
        ...(firstFailure === undefined ? {} : { firstFailure }),
      };
    }
    case "error": {
      const { type, at, message, hint, details, exitCode } = event;
      const advice = hint === undefined ? {} : { hint };
      return { version, type, at, message, ...advice, details, exitCode };
    }
    case "recovering": {
      const { type, at, steps, losses } = event;
      return { version, type, at, steps: steps.map(stepRecord), losses };
    }
    case "finished": {
      const { type, at, outcome, services, durationMs } = event;
      const results = services.map(({ service, kind, done, total }) => ({
        ...{ service, kind, done, total },
      }));
      return { version, type, at, outcome, services: results, durationMs };
    }
  }
  return event satisfies never;
}

function stepRecord({ id, action, cause, swap }: Step): StepRecord {
  const { verb, object } = describe(action);
  const service = serviceOf(action);
  return {
    ...{ id, action: action.kind, text: `${verb} ${object}`, cause },
    ...("container" in action ? { container: refName(action.container) } : {}),
    ...(service === undefined ? {} : { service }),
    ...(swap ? { role: swap.role, swap: swap.swap } : {}),
  };
}

function serviceOf(action: Action): string | undefined {
  if ("container" in action) return action.container.service;
  return "service" in action ? action.service : undefined;
}

function changeRecord(
  { service, cause, keeps, swaps, adds, removals }: ServiceChange,
): ChangeRecord {
  return {
    ...{ service, cause, keep: keeps.length, replace: swaps.length },
    ...{ add: adds.length, remove: removals.length },
  };
}
