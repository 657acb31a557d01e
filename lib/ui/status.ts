import { isServing } from "../plan/diff.ts";
import type { Replica } from "../plan/model.ts";

/** What is printed of a project, see `lib/status.ts`. */
interface Status {
  project: string;
  services: { name: string; wanted: number; replicas: Replica[]; drift: string }[];
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

function headline({ name, wanted, replicas, drift }: Status["services"][number]): string {
  const serving = replicas.filter(isServing).length;
  const state = drift === "" ? "up to date" : `a deploy would change it (${drift})`;
  return `${name}: ${serving} of ${wanted} serving, ${state}`;
}

function table(replicas: Replica[]): string[] {
  const rows = replicas.map(({ name, status, health, revision, imageIds }) => [
    name,
    health ? `${status} (${health})` : status,
    `config ${revision.slice(0, 7) || "none"}`,
    imageIds ? `image ${imageIds.at(-1)!.slice(0, 12)}` : "",
  ]);
  const widths = [0, 1, 2].map((i) => Math.max(0, ...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    `  ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join("  ").trimEnd()}`
  );
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

function jsonOf({ id, name, service, number, status, health, revision, imageIds }: Replica) {
  return {
    id,
    name,
    service,
    number,
    status,
    health: health ?? null,
    configHash: revision,
    imageId: imageIds?.at(-1) ?? null,
  };
}
