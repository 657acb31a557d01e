import { KerekError } from "../errors.ts";

const unitsMs: Record<string, number> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** A duration of the Compose specification (`1m30s`, `500ms`) in milliseconds, if it is one. */
export function durationMs(text: string): number | undefined {
  const part = /(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)/y;
  let sum = 0;
  let end = 0;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    sum += Number(match[1]) * unitsMs[match[2]];
    end = part.lastIndex;
  }
  return text === "0" || (text !== "" && end === text.length) ? sum : undefined;
}

/**
 * The same for a duration that must be one.
 *
 * @param path Where it stands in the Compose files, for the error.
 * @throws {KerekError} if it is none.
 */
export function parseDuration(text: string, path: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new KerekError(`Cannot read ${path}: ${JSON.stringify(text)} is not a duration`, {
    hint: "Write it like 500ms, 10s or 1m30s.",
  });
}
