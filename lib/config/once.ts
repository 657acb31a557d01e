/**
 * Makes a value when it is first asked for, and only once. Schemas of what most Compose files don't
 * have are kept this way, as making them is a good part of a deploy that has nothing to do.
 */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
