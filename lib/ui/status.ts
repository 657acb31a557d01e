import { isServing } from "../plan/diff.ts";
import type { Replica } from "../plan/model.ts";

/** What is printed of a project, see `lib/status.ts`. */
interface Status {
  project: string;
  services: {
    name: string;
    wanted: number;
    isJob: boolean;
    replicas: Replica[];
    drift: string;
  }[];
  orphans: Replica[];
  lock?: { holder: string; isAlive: boolean };
}

/** A project as lines for people. */
export function statusLines({ services, orphans, lock, project }: Status): string[] {
  const lines = services.flatMap((service) => [headline(service), ...table(service.replicas)]);
  if (services.length === 0) lines.push("No service of the Compose files is active.");
  if (orphans.length > 0) {
    lines.push("No longer in the Compose files:", ...table(orphans));
  }
  if (lock) {
    const verb = lock.isAlive ? "is deploying" : "died deploying";
    lines.push(`${lock.holder} ${verb} ${project}.`);
  }
  return lines;
}

function headline(service: Status["services"][number]): string {
  const { name, wanted, replicas, drift, isJob } = service;
  const now = isJob
    ? jobText(replicas)
    : `${replicas.filter(isServing).length} of ${wanted} serving`;
  const state = drift !== "" ? `a deploy would change it (${drift})` : upToDate(service);
  return `${name}: ${now}, ${state}`;
}

/** Replicas of the right version are no reason for a deploy, whether they serve or not. */
function upToDate({ isJob, replicas }: Status["services"][number]): string {
  const idle = isJob ? [] : replicas.filter((replica) => !isServing(replica));
  if (idle.length === 0) return "up to date";
  const states = [...new Set(idle.map((replica) => idleText(replica)))];
  return `up to date, but not all well: ${states.join(", ")}`;
}

const idleText = ({ status, health, isHidden }: Replica): string =>
  status !== "running"
    ? status
    : health && health !== "healthy"
    ? health
    : isHidden
    ? "hidden from DNS"
    : status;

/** A job is to end, which its newest container tells. */
function jobText(replicas: Replica[]): string {
  const last = replicas.at(-1);
  if (!last || last.status === "created") return "has not run";
  if (last.hasCompleted) return "has run";
  return last.status === "exited" ? "has failed" : last.status;
}

function table(replicas: Replica[]): string[] {
  const rows = replicas.map(({ name, status, health, exitCode, revision, imageIds, isHidden }) => [
    name,
    stateText(status, exitCode ?? health, isHidden ? "hidden from DNS" : undefined),
    `config ${revision.slice(0, 7) || "none"}`,
    imageIds ? `image ${imageIds.at(-1)!.slice(0, 12)}` : "",
  ]);
  const widths = [0, 1, 2].map((i) => Math.max(0, ...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    `  ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join("  ").trimEnd()}`
  );
}

function stateText(status: string, ...details: (string | number | undefined)[]): string {
  const more = details.filter((detail) => detail !== undefined);
  return more.length === 0 ? status : `${status} (${more.join(", ")})`;
}

/** A project for programs: containers by what the engine and Compose call them. */
export function statusValue({ project, services, orphans, lock }: Status) {
  return {
    project,
    services: services.map(({ name, wanted, replicas, drift }) => ({
      name,
      wanted,
      serving: replicas.filter(isServing).length,
      drift: drift === "" ? null : drift,
      replicas: replicas.map(jsonOf),
    })),
    orphans: orphans.map(jsonOf),
    lock: lock ? { holder: lock.holder, alive: lock.isAlive } : null,
  };
}

function jsonOf(replica: Replica) {
  const { id, name, service, number, status, health, exitCode, revision, imageIds } = replica;
  return {
    id,
    name,
    service,
    number,
    status,
    health: health ?? null,
    exitCode: exitCode ?? null,
    configHash: revision,
    imageId: imageIds?.at(-1) ?? null,
  };
}
