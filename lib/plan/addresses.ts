/**
 * Whether an engine that gives the lowest free address would give this one again, once it is free.
 *
 * @param subnet Such as `172.18.0.0/16`; its first and last address are nobody's.
 * @param taken All addresses that are taken, those of routers included.
 */
export function isLowestFree(address: string, subnet: string, taken: string[]): boolean {
  const [base, bits] = subnet.split("/");
  const first = toNumber(base) + 1;
  const last = toNumber(base) + 2 ** (32 - Number(bits)) - 2;
  const own = toNumber(address);
  if (own < first || own > last) return false;
  const below = new Set(taken.map(toNumber).filter((other) => other >= first && other < own));
  return below.size === own - first;
}

/** An IPv4 address as a number, in order of addresses. */
function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
