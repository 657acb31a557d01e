import type { DesiredService, PlanOptions, ServiceChange, Step } from "./model.ts";
import { newReplicas } from "./refs.ts";
import type { ScheduleFacts } from "./schedule.ts";

/** Builds and pulls that the changes need, or that were asked for. */
export function imageSteps(
  changes: ServiceChange[],
  facts: ScheduleFacts,
  options: PlanOptions,
): Step[] {
  const services = changes.flatMap((change) => change.desired ?? []);
  const changing = new Set(
    changes.filter((change) => newReplicas(change).length > 0).map((change) => change.service),
  );
  const lacks = (x: DesiredService) => changing.has(x.name) && facts.missingImages.has(x.image);
  const builds = services.filter((x) =>
    x.buildable && !options.noBuild &&
    (options.build || lacks(x) || (changing.has(x.name) && x.pullPolicy === "build"))
  );
  const pulls = services.filter((x) =>
    !x.buildable && (options.pull === "always" || (options.pull !== "never" &&
      (lacks(x) || (!options.pull && changing.has(x.name) && pullsAlways(x)))))
  );
  const causeOf = (brought: DesiredService[]): string => {
    const missing = new Set(brought.filter(lacks).map(({ image }) => image));
    return missing.size > 0 ? `missing: ${[...missing].join(", ")}` : "asked by pull_policy";
  };
  return [
    ...imageStep("build", builds, options.build ? "asked by --build" : causeOf(builds)),
    ...imageStep("pull", pulls, options.pull === "always" ? "asked by --pull" : causeOf(pulls)),
  ];
}

/** Policies under which Compose asks the registry although the image is there. */
function pullsAlways({ pullPolicy = "" }: DesiredService): boolean {
  return /^(always|daily|weekly|every_)/.test(pullPolicy);
}

function imageStep(kind: "build" | "pull", services: DesiredService[], cause: string): Step[] {
  if (services.length === 0) return [];
  return [{ id: kind, action: { kind, services: services.map((x) => x.name) }, cause, after: [] }];
}
