import type { Replica } from "./model.ts";

/** The number by which Compose knows a container, in its label. */
export const composeNumber = (replica: Replica): number => replica.composeNumber ?? replica.number;

/** The numbers that Compose gives to new containers. */
export function composeNumbers(replicas: Replica[], count: number): number[] {
  const highest = Math.max(0, ...replicas.map(composeNumber));
  return Array.from({ length: count }, (_, index) => highest + 1 + index);
}

/**
 * The lowest numbers that names of new containers can have. Compose counts on from the highest
 * number instead, so that names would grow without end. Not one by which Compose knows another
 * container: replacing that one, it would give the name again.
 */
export function freeNumbers(replicas: Replica[], count: number): number[] {
  const taken = new Set(replicas.flatMap((replica) => [replica.number, composeNumber(replica)]));
  const given = composeNumbers(replicas, count);
  let number = 0;
  return given.map((own) => {
    do number++; while (taken.has(number));
    return number < given[0] ? number : own;
  });
}

/**
 * Whether a new container still has the number that Compose gave it, where others have been given
 * lower ones, and there is one for it, too: its deploy was cut off before it was renamed.
 */
export function isYetToBeNumbered(replica: Replica, replicas: Replica[]): boolean {
  const others = replicas.filter((other) => other !== replica);
  const isRenamed = ({ number, composeNumber = number }: Replica) => number !== composeNumber;
  if (isRenamed(replica) || !others.some(isRenamed)) return false;
  return freeNumbers(others, 1)[0] < replica.number;
}
