import { closestMatch } from "./deps/levenshtein.ts";

/** The known name that a mistyped one most likely means; none if all are far off. */
export function nearest(name: string, known: string[]): string | undefined {
  return closestMatch(name, known, { maxDistance: Math.max(2, Math.floor(name.length / 3)) });
}
