import type { Judge } from "../plan_deploy.ts";
import type { Configuration } from "./configuration.ts";
import { type Entry, isAsKept } from "./entry.ts";

/** What a rollback deploys instead of the Compose files. */
export interface Basis {
  entry: Entry;
  /** Its configuration. */
  kept: Configuration;
  /** The same, with images by id where their names stand for others by now. */
  configuration: Configuration;
  /** Whether services were named, so that the others stay what they are. */
  isPartial: boolean;
}

/**
 * Takes replicas for current that are what an entry says. Their config hash is another one if the
 * image has to be pinned now, or if Compose hashes in another way than it did then.
 */
export function asKept({ services, inactive = [] }: Entry): Judge {
  const kept = new Map(services.map((service) => [service.name, service]));
  return {
    inactive,
    judged(replicas, wanted) {
      const revisions = new Map(wanted.map(({ name, revision }) => [name, revision]));
      return replicas.map((replica) => {
        const service = kept.get(replica.service);
        const revision = revisions.get(replica.service);
        const isSame = service && service.revisions.length > 0 && isAsKept(replica, service);
        return isSame && revision !== undefined ? { ...replica, revision } : replica;
      });
    },
  };
}
