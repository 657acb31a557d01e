import { distance } from "./deps/levenshtein.ts";

/** The known names that a mistyped one most likely means, as `web or api`; none if all are far off. */
export function nearest(name: string, known: string[]): string | undefined {
  const most = Math.max(2, Math.floor(name.length / 3));
  const far = new Map(known.map((other) => [other, distance(name, other)]));
  const least = Math.min(...far.values());
  // A name of few letters is not far from any.
  if (least > most || least >= name.length) return undefined;
  return [...far].filter(([, far]) => far === least).map(([other]) => other).join(" or ");
}
