import type { Programs } from "./engine/programs.ts";
import type { Here } from "./lock/here.ts";
import { findLock } from "./lock/deploy_lock.ts";
import { holderText } from "./lock/holder.ts";
import { LockStore } from "./lock/lock_store.ts";
import type { StatusOptions } from "./options.ts";
import { consider } from "./plan/consider.ts";
import { diff } from "./plan/diff.ts";
import type { Replica } from "./plan/model.ts";
import { observeNamed } from "./plan_deploy.ts";

/** A project as it is, beside what its files say. */
export interface ProjectStatus {
  project: string;
  services: ServiceStatus[];
  /** Containers whose service is gone from the files. */
  orphans: Replica[];
  /** Who is deploying the project; absent if nobody is. */
  lock?: { holder: string; isAlive: boolean };
  /** What is doubtful in the files. */
  warnings: string[];
}

/** A service as it is. */
export interface ServiceStatus {
  name: string;
  /** How many replicas the files ask for. */
  wanted: number;
  /** Whether it is to run once and end. */
  isJob: boolean;
  replicas: Replica[];
  /** Why a deploy would change it; empty if it would not. */
  drift: string;
}

/**
 * Looks at a project.
 *
 * @throws {KerekError} if the files or the engine cannot be read.
 */
export async function statusOf(
  given: Programs,
  options: StatusOptions,
  here: Here,
): Promise<ProjectStatus> {
  const { observation, programs } = await observeNamed(given, options);
  const { project, replicas, inactive, warnings } = observation;
  const store = new LockStore(programs, project.name);
  const found = await findLock(store, here);
  const lock = found && { holder: holderText(found.holder), isAlive: found.isAlive };
  const considered = consider(project.services, options, "show");
  const names = new Set(considered.map(({ name }) => name));
  const own = replicas.filter(({ service }) => names.has(service));
  const defined = new Set([...project.services.map(({ name }) => name), ...inactive]);
  const services = diff(considered, own, {}).map(({ service, desired, cause }) => ({
    name: service,
    wanted: desired!.replicas,
    isJob: desired!.isJob,
    replicas: own.filter((replica) => replica.service === service),
    drift: cause,
  }));
  const isAll = options.services.length === 0;
  const orphans = isAll ? replicas.filter(({ service }) => !defined.has(service)) : [];
  return { project: project.name, services, orphans, ...(lock ? { lock } : {}), warnings };
}
