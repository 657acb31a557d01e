import { dependencyFindings } from "./dependency_findings.ts";
import { isUp } from "./diff.ts";
import type { DesiredService, PlanOptions, Replica, ServiceChange } from "./model.ts";
import { portFindings } from "./port_findings.ts";

/** Something that stands against a plan (error) or that the user should know (warning). */
export interface Finding {
  severity: "error" | "warning";
  /** Where in the Compose files, such as `services.web.ports[0]`. */
  path: string;
  reason: string;
  remedy: string;
}

/**
 * All that is wrong or doubtful with the changes, found before anything is touched.
 *
 * @param known All services of the files, and the containers of all of them.
 */
export function preflight(
  changes: ServiceChange[],
  missingImages: Set<string>,
  known: { services: DesiredService[]; actual: Replica[] },
  options: PlanOptions,
): Finding[] {
  return changes.flatMap((change) => [
    ...imageFindings(change, missingImages, options),
    ...(overlaps(change) ? overlapFindings(change) : []),
    ...portFindings(change, overlaps(change)),
    ...dependencyFindings(change, changes, known),
    ...noReplicaFindings(change),
    ...(options.renewAnonVolumes ? [] : anonymousVolumeFindings(change)),
  ]);
}

/** Zero is a valid number, and a typing error away from an outage. */
function noReplicaFindings({ desired, removals }: ServiceChange): Finding[] {
  if (desired?.replicas !== 0 || !removals.some(isUp)) return [];
  return [{
    severity: "warning",
    path: `services.${desired.name}.deploy.replicas`,
    reason: "the service is to have no replica, and those that run are stopped",
    remedy: "Give it at least one if it is to go on serving.",
  }];
}

/** Compose's own replacement hands such volumes on, which two that run at a time cannot share. */
function anonymousVolumeFindings({ desired, swaps }: ServiceChange): Finding[] {
  const olds = swaps.filter(({ carriesVolumes }) => !carriesVolumes).map(({ old }) => old)
    .filter((old) => old.anonymousVolumes);
  if (!desired || olds.length === 0 || desired.containerName !== undefined) return [];
  const paths = [...new Set(olds.flatMap((old) => old.anonymousVolumes ?? []))].join(", ");
  return [{
    severity: "warning",
    path: `services.${desired.name}.volumes`,
    reason: `what is at ${paths} of ${olds.map(({ name }) => name).join(", ")} is in volumes ` +
      "without a name, which new replicas do not get",
    remedy: "Give what should stay a named volume, or use order stop-first, which copies it; " +
      "--renew-anon-volumes says that it may go.",
  }];
}

/** Whether an old and a new container of the service are to run at the same time. */
function overlaps(change: ServiceChange): boolean {
  if (change.desired?.update.order !== "start-first" || change.swaps.length === 0) return false;
  return [...change.swaps.map((swap) => swap.old), ...change.removals].some(isUp);
}

function overlapFindings(change: ServiceChange): Finding[] {
  const { name, containerName, exclusiveClaims, hasHealthcheck, onHostNetwork } = change.desired!;
  const at = `services.${name}`;
  const findings: Finding[] = exclusiveClaims.map(({ path, what }) => ({
    severity: "error",
    path,
    reason: `with order start-first, old and new container would both need ${what}`,
    remedy: remedyForClaims(at),
  }));
  if (containerName !== undefined) {
    findings.push({
      severity: "error",
      path: `${at}.container_name`,
      reason: `with order start-first, old and new container would both be named ${containerName}`,
      remedy: `Drop container_name, or set ${at}.deploy.update_config.order to stop-first.`,
    });
  }
  if (onHostNetwork) {
    findings.push({
      severity: "warning", // Whether it listens at all, the files do not say.
      path: `${at}.network_mode`,
      reason: "on the host's network, old and new container cannot listen on the same port",
      remedy: `If it listens, set ${at}.deploy.update_config.order to stop-first.`,
    });
  }
  if (!hasHealthcheck && !change.swaps.some(({ old }) => old.health !== undefined)) {
    findings.push({
      severity: "warning",
      path: `${at}.healthcheck`,
      reason: "without a healthcheck, a new replica counts as ready as soon as it runs",
      remedy: "Add a healthcheck, so that the old replica stays until the new one answers.",
    });
  }
  return findings;
}

const remedyForClaims = (at: string) =>
  `Let a reverse proxy hold it, or set ${at}.deploy.update_config.order to stop-first.`;

function imageFindings(
  change: ServiceChange,
  missingImages: Set<string>,
  options: PlanOptions,
): Finding[] {
  const { desired } = change;
  const changing = change.swaps.length + change.adds.length > 0;
  if (!desired || !changing || !missingImages.has(desired.image)) return [];
  const error = (path: string, why: string, remedy: string): Finding[] => [{
    severity: "error",
    path: `services.${desired.name}.${path}`,
    reason: `image ${desired.image} is not there, and ${why}`,
    remedy,
  }];
  if (desired.buildable) {
    return options.noBuild
      ? error("build", "--no-build forbids to build it", "Build it, or leave --no-build out.")
      : [];
  }
  if (options.pull === "never") {
    return error("image", "--pull never forbids to pull it", "Load it, or allow to pull it.");
  }
  if (options.pull === undefined && desired.pullPolicy === "never") {
    return error("pull_policy", "the pull policy is never", "Load it, or change the policy.");
  }
  return [];
}
