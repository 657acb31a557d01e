import { isUp } from "./diff.ts";
import type { Finding } from "./finding.ts";
import type { Replica, ServiceChange } from "./model.ts";

/** What an earlier deploy that was cut off seems to have left of a service. */
export interface Unfinished {
  finding: Finding;
  /**
   * Whether there is no other reason for it than a deploy that did not come to its end; a container
   * that was created and never started can be what `--no-start` is for.
   */
  isCertain: boolean;
}

/**
 * What an earlier deploy left of a service: some replicas of the wanted version beside others,
 * replicas that are hidden, or containers that were created and never started.
 */
export function unfinished(change: ServiceChange): Unfinished | undefined {
  const { service, desired, keeps, swaps, removals } = change;
  if (!desired) return undefined;
  const olds = [...swaps.map(({ old }) => old), ...removals];
  const outdated = olds.filter(({ revision }) => revision !== desired.revision);
  const revived = swaps.flatMap((swap) => swap.new.kind === "existing" ? [swap.new.replica] : []);
  const added = change.adds.flatMap((fresh) => fresh.kind === "existing" ? [fresh.replica] : []);
  const hidden = [...olds, ...revived, ...added].filter(({ isHidden }) => isHidden).length;
  const idle = [...olds, ...revived].filter(isIdle).length;
  const there = keeps.length +
    revived.filter((replica) => isUp(replica) && !replica.isHidden).length;
  const certain = [
    ...(there > 0 && outdated.some((replica) => !isIdle(replica))
      ? [`${there} of ${desired.replicas} replicas ${is(there)} up to date already`]
      : []),
    ...(hidden > 0 ? [`${hidden} hidden from DNS`] : []),
  ];
  const found = [
    ...certain,
    ...(idle > 0 ? [`${idle} container${idle > 1 ? "s" : ""} created and never started`] : []),
  ];
  if (found.length === 0) return undefined;
  return {
    isCertain: certain.length > 0,
    finding: {
      severity: "warning",
      name: "unfinished",
      path: `services.${service}`,
      reason: `an earlier deploy was not finished (${found.join(", ")})`,
      remedy: "This one goes on with it.",
    },
  };
}

const isIdle = ({ status }: Replica) => status === "created";

const is = (count: number) => count === 1 ? "is" : "are";
