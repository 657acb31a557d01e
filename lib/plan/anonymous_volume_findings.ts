import type { Finding } from "./finding.ts";
import type { DesiredService, ServiceChange } from "./model.ts";
import type { Known } from "./preflight.ts";

const remedy = "Give what should stay a named volume, or use order stop-first, which copies it";

/**
 * Data in volumes without a name that new replicas do not get. Compose's own replacement hands such
 * volumes on, which two that run at a time cannot share.
 */
export function anonymousVolumeFindings(
  change: ServiceChange,
  known: Pick<Known, "imageVolumes">,
): Finding[] {
  const { desired, keeps, swaps, removals, adds } = change;
  if (!desired || desired.containerName !== undefined) return [];
  if (keeps.length + swaps.length + removals.length > 0) return lossFindings(desired, change);
  return adds.length > 0 ? firstFindings(desired, known) : [];
}

function lossFindings({ name }: DesiredService, { swaps }: ServiceChange): Finding[] {
  const olds = swaps.filter(({ carriesVolumes }) => !carriesVolumes).map(({ old }) => old)
    .filter((old) => old.anonymousVolumes);
  if (olds.length === 0) return [];
  const paths = [...new Set(olds.flatMap((old) => old.anonymousVolumes ?? []))].join(", ");
  return [{
    severity: "warning",
    name: "anonymous-volumes",
    path: `services.${name}.volumes`,
    reason: `what is at ${paths} of ${olds.map(({ name }) => name).join(", ")} is in volumes ` +
      "without a name, which new replicas do not get",
    remedy: `${remedy}; --renew-anon-volumes says that it may go.`,
  }];
}

/** Before there is anything to lose, it costs least to mend. */
function firstFindings(service: DesiredService, { imageVolumes }: Pick<Known, "imageVolumes">) {
  const paths = anonymousVolumePaths(service, imageVolumes?.get(service.image));
  if (paths.length === 0 || !losesAnonymousVolumes(service)) return [];
  const finding: Finding = {
    severity: "warning",
    name: "anonymous-volumes",
    path: `services.${service.name}.volumes`,
    reason: `what comes to be at ${paths.join(", ")} is in volumes without a name, which the ` +
      "replicas of the next deploy do not get",
    remedy: `${remedy}.`,
  };
  return [finding];
}

/** Whether a replacement leaves data in volumes without a name behind. */
export const losesAnonymousVolumes = ({ update, sharesWith }: DesiredService): boolean =>
  update.order === "start-first" || sharesWith.length > 0;

/** Where a new replica has volumes without a name, by the files and by its image. */
export function anonymousVolumePaths(
  { anonymousVolumes = [], mountedAt = [] }: DesiredService,
  ofImage: string[] = [],
): string[] {
  return [...new Set([...anonymousVolumes, ...ofImage.filter((x) => !mountedAt.includes(x))])]
    .sort();
}
