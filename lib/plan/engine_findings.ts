import type { Finding } from "./finding.ts";
import { isOlder } from "./is_older.ts";
import type { ServiceChange } from "./model.ts";
import type { Known } from "./preflight.ts";
import { checksHealthItself } from "./refs.ts";

/** Engines whose healthchecks can be frequent at first and rare later. */
const startIntervalVersion = "25";

/** From which interval on waiting for the engine's next check is most of a replacement. */
const longIntervalMs = 5_000;

/** What the engine is too old for, and what it could do better. */
export function engineFindings(
  { desired, swaps, adds }: ServiceChange,
  { engineVersion }: Pick<Known, "engineVersion">,
): Finding[] {
  if (!desired || engineVersion === undefined || swaps.length + adds.length === 0) return [];
  const { name, engineNeeds = [], healthIntervalMs = 0 } = desired;
  const lacks = engineNeeds.filter(({ version }) => isOlder(engineVersion, version))
    .map(({ path, version, isLeftOut }): Finding => {
      const text = {
        path,
        reason: `it takes Docker Engine ${version}, and this one is ${engineVersion}` +
          (isLeftOut ? ", which ignores it" : ""),
        remedy: "Leave it out, or update the engine.",
      };
      return isLeftOut
        ? { severity: "warning", name: "old-engine", ...text }
        : { severity: "error", ...text };
    });
  const isOld = isOlder(engineVersion, startIntervalVersion);
  if (isOld || healthIntervalMs < longIntervalMs || checksHealthItself(desired)) return lacks;
  return [...lacks, {
    severity: "note",
    name: "start-interval",
    path: `services.${name}.healthcheck`,
    reason: `a new replica waits up to ${healthIntervalMs / 1000} s for its first healthcheck`,
    remedy: "Set start_period and a short start_interval, such as 30s and 500ms.",
  }];
}
