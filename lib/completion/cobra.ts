import type { Candidate, Completion } from "./complete.ts";

/** What the shell is to do besides, as the bits that Cobra's completion scripts read. */
const directives = { files: 0, none: 4, folders: 16 };

/**
 * The answer to `__complete` in the format of the library Cobra, which docker's own completion
 * reads: a candidate and its description a line, and a number at the end.
 */
export function cobraText(
  { candidates, paths }: Pick<Completion, "candidates" | "paths">,
  { described }: { described: boolean },
): string {
  const lines = candidates.map(({ value, description }: Candidate) =>
    described && description !== "" ? `${value}\t${description.replaceAll(/\s+/g, " ")}` : value
  );
  return [...lines, `:${directives[paths]}`].map((line) => `${line}\n`).join("");
}
