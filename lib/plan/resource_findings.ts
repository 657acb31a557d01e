import type { Finding } from "./finding.ts";
import type { ServiceChange } from "./model.ts";
import type { NetworkDefinition, NetworkMake, VolumeDefinition, VolumeMake } from "./resources.ts";
import type { Known } from "./preflight.ts";

/** Networks and volumes that are not there, or not as the files define them. */
export function resourceFindings(
  { desired, swaps, adds }: ServiceChange,
  { missingNetworks, presentNetworks, presentVolumes }: Pick<
    Known,
    "missingNetworks" | "presentNetworks" | "presentVolumes"
  >,
): Finding[] {
  if (!desired || swaps.length + adds.length === 0) return [];
  const { externals = [], networkDefinitions = [], volumes = [] } = desired;
  const isMissing = { network: missingNetworks, volume: missingVolumes(externals, presentVolumes) };
  return [
    ...externals.filter(({ kind, name }) => isMissing[kind]?.has(name))
      .map(({ kind, path, name }): Finding => ({
        severity: "error",
        path,
        reason: `${kind} ${name} is external, and is not there`,
        remedy: `Make it (docker ${kind} create ${name}), or mend its name.`,
      })),
    ...networkDefinitions.flatMap((network) => {
      const present = presentNetworks?.find(({ name }) => name === network.name);
      return present ? networkDivergence(network, present) : [];
    }),
    ...volumes.flatMap((volume) => {
      const present = presentVolumes?.find(({ name }) => name === volume.name);
      return present ? volumeDivergence(volume, present) : [];
    }),
  ];
}

function missingVolumes(externals: { name: string }[], present?: VolumeMake[]) {
  if (!present) return undefined;
  const there = new Set(present.map(({ name }) => name));
  return new Set(externals.map(({ name }) => name).filter((name) => !there.has(name)));
}

/**
 * Compose makes a changed network anew together with all that is in it (since 2.31), which is
 * refused, or takes it as it is without a word.
 */
function networkDivergence(wanted: NetworkDefinition, present: NetworkMake): Finding[] {
  // Engines have drivers and options of their own choice where nothing is said.
  const told = Object.keys(wanted.options);
  const options = Object.fromEntries(
    Object.entries(present.options).filter(([key]) => told.includes(key)),
  );
  const differences = [
    ...(wanted.driver && wanted.driver !== present.driver ? ["driver"] : []),
    ...difference("driver_opts", options, wanted.options),
    ...difference("labels", present.labels, wanted.labels),
    ...(wanted.isInternal === present.isInternal ? [] : ["internal"]),
    ...(wanted.subnets.every((subnet) => present.subnets.includes(subnet)) ? [] : ["ipam"]),
  ];
  if (differences.length === 0) return [];
  return [{
    severity: "warning",
    name: "network-definition",
    path: wanted.path,
    reason:
      `network ${wanted.name} is there with another ${differences.join(", ")}, and a deploy ` +
      "does not change it",
    remedy: "Define it under another key, or make it anew by `docker compose down` and a " +
      "deploy when an outage is acceptable.",
  }];
}

/**
 * Compose 2.40 compares by a hash of the same, which is in a label of the volume. It asks whether to
 * make the volume anew without its data, and takes it as it is where nobody answers, as with kerek.
 * Compose 2.26 says nothing of it.
 */
function volumeDivergence(wanted: VolumeDefinition, present: VolumeMake): Finding[] {
  const differences = [
    ...difference("driver", { driver: bare(present.driver) }, { driver: bare(wanted.driver) }),
    ...difference("driver_opts", present.options, wanted.options),
    ...difference("labels", present.labels, wanted.labels),
  ];
  if (differences.length === 0) return [];
  return [{
    severity: "warning",
    name: "volume-definition",
    path: wanted.path,
    reason:
      `volume ${wanted.name} is there with another ${differences.join(", ")}, and stays so, ` +
      "as volumes cannot be changed",
    remedy: "Give the new definition another name and bring the data over, or define it as it is.",
  }];
}

function difference(
  what: string,
  present: Record<string, string>,
  wanted: Record<string, string>,
): string[] {
  const keys = [...new Set([...Object.keys(present), ...Object.keys(wanted)])].sort();
  // Values can be secret, such as the password of a share.
  return keys.filter((key) => present[key] !== wanted[key])
    .map((key) => what === "driver" ? what : `${what}.${key}`);
}

/** A plugin's name without the tag that it has by itself. */
const bare = (driver: string): string => driver.replace(/:latest$/, "") || "local";
