import type { DeployEvent } from "../execute/events.ts";
import type { Action } from "../plan/model.ts";

/** By service, the cause that was told last. */
export type ToldCauses = Readonly<Record<string, string>>;

/**
 * The event, whose step has no cause any more if that was told of its service just before, and what
 * is told after it. Otherwise all lines of an update would end alike.
 */
export function withoutOldCause(
  told: ToldCauses,
  event: DeployEvent,
): { told: ToldCauses; event: DeployEvent } {
  if (event.type !== "step-done") return { told, event };
  const { step } = event;
  const services = servicesOf(step.action);
  if (services.length === 0) return { told, event };
  if (services.every((service) => told[service] === step.cause)) {
    return { told, event: { ...event, step: { ...step, cause: "" } } };
  }
  const news = Object.fromEntries(services.map((service) => [service, step.cause]));
  return { told: { ...told, ...news }, event };
}

function servicesOf(action: Action): string[] {
  if (action.kind === "create") return action.services.map(({ service }) => service);
  if ("services" in action) return action.services;
  if ("container" in action) return [action.container.service];
  return "service" in action && action.service !== undefined ? [action.service] : [];
}
