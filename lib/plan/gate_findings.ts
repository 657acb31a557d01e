import type { Finding } from "./finding.ts";
import type { ServiceChange } from "./model.ts";
import type { Known } from "./preflight.ts";
import { checksHealthItself } from "./refs.ts";

/** Gates that no new replica could pass. */
export function gateFindings(
  { desired, swaps, adds }: ServiceChange,
  { uncheckedImages }: Pick<Known, "uncheckedImages">,
): Finding[] {
  if (!desired || swaps.length + adds.length === 0) return [];
  const { name, image, hasHealthcheck, turnsHealthcheckOff } = desired;
  const lacksIt = turnsHealthcheckOff || uncheckedImages?.has(image);
  if (!checksHealthItself(desired) || hasHealthcheck || !lacksIt) return [];
  return [{
    severity: "error",
    path: `services.${name}.x-kerek.gates`,
    reason: "`healthcheck: active` has nothing to run, as " +
      (turnsHealthcheckOff
        ? "the files turn the healthcheck off"
        : "neither the files nor the image have a healthcheck"),
    remedy: "Add a healthcheck, or drop `healthcheck: active` from the gates.",
  }];
}
