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
  const buildCause = () =>
    options.build
      ? "asked by --build"
      : builds.some(lacks)
      ? missing(builds.filter(lacks))
      : "asked by pull_policy";
  const pullCause = () =>
    options.pull === "always"
      ? "asked by --pull"
      : pulls.some(lacks)
      ? missing(pulls.filter(lacks))
      : "asked by pull_policy";
  return [
    ...imageStep("build", builds, buildCause()),
    ...imageStep("pull", pulls, pullCause()),
  ];
}

const missing = (services: DesiredService[]): string =>
  `missing: ${[...new Set(services.map(({ image }) => image))].join(", ")}`;

/** Policies under which Compose asks the registry although the image is there. */
function pullsAlways({ pullPolicy = "" }: DesiredService): boolean {
  return /^(always|daily|weekly|every_)/.test(pullPolicy);
}

function imageStep(kind: "build" | "pull", services: DesiredService[], cause: string): Step[] {
  if (services.length === 0) return [];
  return [{ id: kind, action: { kind, services: services.map((x) => x.name) }, cause, after: [] }];
}
