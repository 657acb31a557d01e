import { anonymousVolumeFindings } from "./anonymous_volume_findings.ts";
import { dependencyFindings } from "./dependency_findings.ts";
import { isUp } from "./diff.ts";
import { engineFindings } from "./engine_findings.ts";
import { audible, distinct, type Finding } from "./finding.ts";
import type { DesiredService, PlanOptions, Replica, ServiceChange } from "./model.ts";
import type { HeldPort, NetworkMake, VolumeMake } from "./resources.ts";
import { gateFindings } from "./gate_findings.ts";
import { portFindings } from "./port_findings.ts";
import { mayRollBack, recreatedByCompose } from "./refs.ts";
import { resourceFindings } from "./resource_findings.ts";

/** What there is besides the changes. */
export interface Known {
  /** All services of the files. */
  services: DesiredService[];
  /** The containers of all of them. */
  actual: Replica[];
  /** Host ports that running containers hold, whosoever's they are; absent: not known. */
  heldPorts?: HeldPort[];
  /** Version of Docker Engine; absent: not known. */
  engineVersion?: string;
  /** Networks that are needed and not there, by name; absent: not known. */
  missingNetworks?: Set<string>;
  /** Those of the defined networks that are there; absent: not known. */
  presentNetworks?: NetworkMake[];
  /** Those of the needed volumes that are there; absent: not known. */
  presentVolumes?: VolumeMake[];
  /** Where images have volumes of their own, by name of image; absent: not known. */
  imageVolumes?: Map<string, string[]>;
  /** Images without a healthcheck, of those for which it matters, by name; absent: not known. */
  uncheckedImages?: Set<string>;
}

/** All that is wrong or doubtful with the changes, found before anything is touched. */
export function preflight(
  changes: ServiceChange[],
  missingImages: Set<string>,
  known: Known,
  options: PlanOptions,
): Finding[] {
  const canRollBack = changes.some(mayRollBack);
  return distinct(changes.flatMap((change) =>
    audible([
      ...imageFindings(change, missingImages, options),
      ...engineFindings(change, known),
      ...gateFindings(change, known),
      ...preStartFindings(change),
      ...containerNameFindings(change),
      ...resourceFindings(change, known),
      ...(overlaps(change) ? overlapFindings(change) : []),
      ...portFindings(change, overlaps(change), known),
      ...(canRollBack ? rollbackFindings(change) : []),
      ...dependencyFindings(change, changes, known),
      ...noReplicaFindings(change),
      ...(options.renewAnonVolumes ? [] : anonymousVolumeFindings(change, known)),
    ], change.desired?.ignoredWarnings)
  ));
}

/** Compose replaces it, and knows nothing of what is kerek's own. */
function containerNameFindings(change: ServiceChange): Finding[] {
  if (!recreatedByCompose(change)) return [];
  const { name, gates, drain: { settleMs, waitMs, mark, dns } } = change.desired!;
  const lost = [
    ...(gates.length > 0 ? ["gates"] : []),
    ...(settleMs > 0 || waitMs > 0 || mark || dns ? ["drain"] : []),
  ];
  if (lost.length === 0) return [];
  return [{
    severity: "warning",
    name: "container-name",
    path: `services.${name}.container_name`,
    reason: `only Compose itself can replace it, without ${lost.join(" and ")}, and nothing can ` +
      "bring the old container back",
    remedy: "Drop it, so that kerek replaces the service.",
  }];
}

/** New replicas are started by the engine, which knows nothing of these commands. */
function preStartFindings({ desired, keeps, swaps, adds, removals }: ServiceChange): Finding[] {
  const olds = [...keeps, ...removals, ...swaps.map(({ old }) => old)];
  // Compose itself runs them only where no replica is up.
  if (!desired?.hasPreStart || swaps.length + adds.length === 0 || olds.some(isUp)) return [];
  return [{
    severity: "error",
    path: `services.${desired.name}.pre_start`,
    reason: "Compose alone runs these commands, and kerek starts the first replica without it",
    remedy: "Let a service of its own do it, which this one depends on by " +
      "service_completed_successfully, or make the first start by `docker compose up`.",
  }];
}

/** Zero is a valid number, and a typing error away from an outage. */
function noReplicaFindings({ desired, removals }: ServiceChange): Finding[] {
  if (desired?.replicas !== 0 || !removals.some(isUp)) return [];
  return [{
    severity: "warning",
    name: "no-replicas",
    path: `services.${desired.name}.deploy.replicas`,
    reason: "the service is to have no replica, and those that run are stopped",
    remedy: "Give it at least one if it is to go on serving.",
  }];
}

/** Whether an old and a new container of the service are to run at the same time. */
function overlaps(change: ServiceChange): boolean {
  if (change.desired?.update.order !== "start-first" || change.swaps.length === 0) return false;
  return [...change.swaps.map((swap) => swap.old), ...change.removals].some(isUp);
}

/** A rollback has an order of its own. */
function rollbackFindings({ desired, swaps }: ServiceChange): Finding[] {
  if (!desired || desired.rollback.order !== "start-first") return [];
  // Where this is the order of replacements, too, that is the one to tell of.
  if (desired.update.order === "start-first" || !swaps.some(({ old }) => isUp(old))) return [];
  return desired.exclusiveClaims.map(({ path, what }) => ({
    severity: "error",
    path: `services.${desired.name}.deploy.rollback_config.order`,
    reason:
      `with start-first, a rollback would need ${what} for old and new container, see ${path}`,
    remedy: "Set it to stop-first.",
  }));
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
      name: "host-network",
      path: `${at}.network_mode`,
      reason: "on the host's network, old and new container cannot listen on the same port",
      remedy: `If it listens, set ${at}.deploy.update_config.order to stop-first.`,
    });
  }
  if (!hasHealthcheck && !change.swaps.some(({ old }) => old.health !== undefined)) {
    findings.push({
      severity: "warning",
      name: "no-healthcheck",
      path: `${at}.healthcheck`,
      reason: "without a healthcheck, a new replica counts as ready as soon as it runs",
      remedy: "Add a healthcheck, so that the old replica stays until the new one answers.",
    });
  }
  return [...findings, ...writerFindings(change.desired!)];
}

/** Who has more replicas has several writers anyway. */
function writerFindings({ name, replicas, writableVolumes = [] }: DesiredService): Finding[] {
  if (replicas !== 1) return [];
  return writableVolumes.map((volume) => ({
    severity: "warning",
    name: "two-writers",
    path: volume.path,
    reason:
      `with order start-first, old and new container write to volume ${volume.name} at a time`,
    remedy: `If only one may, set services.${name}.deploy.update_config.order to stop-first.`,
  }));
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
  if (!desired.buildable && /^sha256:[0-9a-f]+$/.test(desired.image)) {
    return error("image", "it cannot be pulled by its id", "Load it, or name it by a tag.");
  }
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
  return [{
    severity: "note",
    name: "missing-image",
    path: `services.${desired.name}.image`,
    reason: `image ${desired.image} is not there, so that a deploy pulls it`,
    remedy: "`docker compose pull` tells whether it can.",
  }];
}
