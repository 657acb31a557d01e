import type { Finding } from "./finding.ts";
import type { ServiceChange, VolumeDefinition, VolumeMake } from "./model.ts";
import type { Known } from "./preflight.ts";

/** Networks and volumes that are not there, or not as the files define them. */
export function resourceFindings(
  { desired, swaps, adds }: ServiceChange,
  { missingNetworks, presentVolumes }: Pick<Known, "missingNetworks" | "presentVolumes">,
): Finding[] {
  if (!desired || swaps.length + adds.length === 0) return [];
  const { externals = [], volumes = [] } = desired;
  const isMissing = { network: missingNetworks, volume: missingVolumes(externals, presentVolumes) };
  return [
    ...externals.filter(({ kind, name }) => isMissing[kind]?.has(name))
      .map(({ kind, path, name }): Finding => ({
        severity: "error",
        path,
        reason: `${kind} ${name} is external, and is not there`,
        remedy: `Make it (docker ${kind} create ${name}), or mend its name.`,
      })),
    ...volumes.flatMap((volume) => {
      const present = presentVolumes?.find(({ name }) => name === volume.name);
      return present ? divergence(volume, present) : [];
    }),
  ];
}

function missingVolumes(externals: { name: string }[], present?: VolumeMake[]) {
  if (!present) return undefined;
  const there = new Set(present.map(({ name }) => name));
  return new Set(externals.map(({ name }) => name).filter((name) => !there.has(name)));
}

/**
 * Compose 2.40 compares by a hash of the same, which is in a label of the volume. It asks whether to
 * make the volume anew without its data, and takes it as it is where nobody answers, as with kerek.
 * Compose 2.26 says nothing of it.
 */
function divergence(wanted: VolumeDefinition, present: VolumeMake): Finding[] {
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
