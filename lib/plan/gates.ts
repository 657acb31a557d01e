/** What a new replica must pass between being ready and taking over. */
export interface GateSpec {
  /** What is tried. */
  probe: Probe;
  /** How long the gate may take in all, in milliseconds. */
  timeoutMs: number;
  /** Pause between two tries, in milliseconds; absent: see {@linkcode pauseMs}. */
  intervalMs?: number;
  /** How many tries in a row must succeed. */
  successes: number;
}

/** One try of a gate. */
export type Probe =
  /** Runs the container's own healthcheck command. */
  | { kind: "healthcheck" }
  /** Asks by HTTP; without `statuses`, any from 200 to 399 is good. */
  | { kind: "http"; port: number; path: string; statuses: number[] }
  | { kind: "tcp"; port: number }
  /** Runs a command in the container, which is to end with exit code 0. */
  | { kind: "exec"; command: string[] };

/** What came of one try. */
export interface ProbeResult {
  ok: boolean;
  /** What was seen, such as `status 503`. */
  detail: string;
}

/** What to do after a try. */
export type GateVerdict =
  | { kind: "passed" }
  | { kind: "failed"; reason: string }
  | { kind: "again"; successes: number; afterMs: number };

/** The pauses between two tries where none is given, in milliseconds. */
export const pauses = { shortestMs: 20, longestMs: 200 };

/**
 * How long to wait before the next try, in milliseconds. By itself it is a fiftieth of the time
 * waited: what is soon ready is noticed soon, and what starts slowly is not held up by being asked.
 */
export function pauseMs({ intervalMs }: GateSpec, waitedMs: number): number {
  const share = Math.round(waitedMs / 50);
  return intervalMs ?? Math.min(Math.max(share, pauses.shortestMs), pauses.longestMs);
}

/**
 * Whether a gate is passed or failed, or is tried again.
 *
 * @param successes Successes in a row before this try.
 * @param waitedMs Time since the gate began.
 */
export function judgeProbe(
  spec: GateSpec,
  successes: number,
  result: ProbeResult,
  waitedMs: number,
): GateVerdict {
  const inARow = result.ok ? successes + 1 : 0;
  if (inARow >= spec.successes) return { kind: "passed" };
  if (waitedMs >= spec.timeoutMs) {
    return {
      kind: "failed",
      reason: `${probeName(spec.probe)} did not pass in ${spec.timeoutMs / 1000} s, last: ` +
        result.detail,
    };
  }
  // The last try is made when the time is over.
  const afterMs = Math.ceil(Math.min(pauseMs(spec, waitedMs), spec.timeoutMs - waitedMs));
  return { kind: "again", successes: inARow, afterMs };
}

/** A gate's name in messages, such as `http gate :8080/ready`. */
export function probeName(probe: Probe): string {
  switch (probe.kind) {
    case "healthcheck":
      return "active healthcheck gate";
    case "http":
      return `http gate :${probe.port}${probe.path}`;
    case "tcp":
      return `tcp gate :${probe.port}`;
    case "exec":
      return `exec gate ${probe.command.join(" ")}`;
  }
  return probe satisfies never;
}
