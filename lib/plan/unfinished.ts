import type { Replica, ServiceChange } from "./model.ts";

/**
 * What an earlier deploy that was cut off left of a service, in words: some replicas of the wanted
 * version beside others, or containers that were created and never started. Empty if nothing did.
 *
 * Both can have other reasons, such as a `pause` after a failure or `docker compose create`; what
 * is there is the same, and so is what follows from it.
 */
export function unfinished(change: ServiceChange): string[] {
  const { service, desired, keeps, swaps, removals } = change;
  if (!desired) return [];
  const olds = [...swaps.map(({ old }) => old), ...removals];
  const outdated = olds.filter(({ revision }) => revision !== desired.revision);
  const revived = swaps.flatMap((swap) => swap.new.kind === "existing" ? [swap.new.replica] : []);
  const added = change.adds.flatMap((fresh) => fresh.kind === "existing" ? [fresh.replica] : []);
  const hidden = [...olds, ...revived, ...added].filter(({ isHidden }) => isHidden).length;
  const idle = [...olds, ...revived].filter(isIdle).length;
  const found = [
    ...(keeps.length > 0 && outdated.some((replica) => !isIdle(replica))
      ? [`${keeps.length} of ${desired.replicas} replicas ${is(keeps.length)} up to date already`]
      : []),
    ...(hidden > 0 ? [`${hidden} hidden from DNS`] : []),
    ...(idle > 0 ? [`${idle} container${idle > 1 ? "s" : ""} created and never started`] : []),
  ];
  return found.length > 0
    ? [`${service}: an earlier deploy was not finished (${found.join(", ")}); this one goes on`]
    : [];
}

const isIdle = ({ status }: Replica) => status === "created";

const is = (count: number) => count === 1 ? "is" : "are";
