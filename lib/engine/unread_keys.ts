import { nearest } from "../nearest.ts";
import type { Finding } from "../plan/finding.ts";

const key = "x-kerek";

/** Where names are of the user's choice. */
const freeNames = new Set(["annotations", "args", "environment", "labels", "sysctls"]);

/**
 * Keys that are meant for kerek and that it does not read, as they are misspelt or at another place
 * than at the top level or at a service. Compose lets all pass that begin with `x-`.
 */
export function unreadKeys(model: Record<string, unknown>): Finding[] {
  return [...within(model, [])].map((path) => ({
    severity: "warning",
    name: "unread-key",
    path: path.join("."),
    reason: "kerek does not read this key",
    remedy: `Did you mean ${meant(path)}?`,
  }));
}

function* within(value: unknown, path: string[]): Generator<string[]> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    const own = [...path, name];
    if (!name.startsWith("x-") || isName(own)) {
      if (!freeNames.has(name) || isName(own)) yield* within(inner, own);
    } else if (nearest(name, [key]) && own.join() !== placeOf(path).join()) {
      yield own;
    }
  }
}

/** Whether the last part is what the user calls a service, a network or the like. */
const isName = (path: string[]): boolean =>
  path.length === 2 && ["services", "networks", "volumes", "configs", "secrets"].includes(path[0]);

/** Where kerek would look: at the service, or else at the top level. */
const placeOf = (path: string[]): string[] =>
  path[0] === "services" && path.length > 1 ? ["services", path[1], key] : [key];

const meant = (path: string[]): string => placeOf(path.slice(0, -1)).join(".");
