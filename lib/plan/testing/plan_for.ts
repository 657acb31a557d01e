import { consider } from "../consider.ts";
import { diff } from "../diff.ts";
import type { DesiredService, Plan, PlanOptions, Replica } from "../model.ts";
import { schedule } from "../schedule.ts";
import { planOptions } from "./notation.ts";

/** The plan from the containers to the services, as a deploy makes it. */
export function planFor(
  services: DesiredService[],
  actual: Replica[],
  options: Partial<PlanOptions> = {},
  missingImages: string[] = [],
): Plan {
  const whole = planOptions(options);
  const facts = {
    project: "test",
    missingImages: new Set(missingImages),
    services,
    actual,
    warnings: ["mind the gap"],
  };
  return schedule(diff(consider(services, whole), actual, whole), facts, whole);
}
