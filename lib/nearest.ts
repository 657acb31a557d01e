import { closest, distance } from "./deps/levenshtein.ts";

/** The known name that a mistyped one most likely means; none if all are far off. */
export function nearest(name: string, known: string[]): string | undefined {
  if (known.length === 0) return undefined;
  const guess = closest(name, known);
  return distance(name, guess) <= Math.max(2, name.length / 3) ? guess : undefined;
}
