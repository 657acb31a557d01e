import { isUp } from "./diff.ts";
import type { ServiceChange } from "./model.ts";
import type { Finding } from "./preflight.ts";

/**
 * Ranges of host ports that are too small: for certain, where there are more replicas than ports,
 * and otherwise perhaps, as the old containers may hold ports of the range or others.
 *
 * @param overlaps Whether old and new containers are to run at the same time.
 */
export function portFindings(change: ServiceChange, overlaps: boolean): Finding[] {
  const { desired, swaps, adds, keeps, removals } = change;
  if (!desired || swaps.length + adds.length === 0) return [];
  const { name, replicas } = desired;
  const running = [...keeps, ...removals, ...swaps.map(({ old }) => old)].filter(isUp).length;
  return (desired.portRanges ?? []).flatMap(({ path, published, size }): Finding[] => {
    if (size < replicas) {
      return [{
        severity: "error",
        path,
        reason: `${replicas} replicas need a host port each, and ${published} are ${size}`,
        remedy: "Widen the range, or ask for fewer replicas.",
      }];
    }
    if (!overlaps || size > running) return [];
    return [{
      severity: "warning",
      path,
      reason: `with order start-first, ${running} old containers may hold all host ports of ` +
        `${published} when the first new one starts`,
      remedy: `Widen the range, or set services.${name}.deploy.update_config.order to stop-first.`,
    }];
  });
}
