/** `object` without the entries that are undefined, so that "absent" has one form only. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(
    Object.entries(object).filter(([_, value]) => value !== undefined),
  ) as T;
}
