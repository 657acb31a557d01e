/** Moments of a deploy at which hook modules are called, in the order in which they come. */
export const moments = [
  "beforeDeploy",
  "preSwap",
  "healthGate",
  "beforeStop",
  "postSwap",
  "onFailure",
  "afterDeploy",
] as const;

/** A moment of a deploy at which hook modules are called. */
export type Moment = typeof moments[number];

/** A hook module as the Compose files or `--hook` name it. */
export interface HookSpec {
  /** Path, or `kerek:NAME` for one that comes with kerek. */
  module: string;
  /** What the path is relative to: the project directory, or for `--hook` the current folder. */
  base: "project" | "cwd";
  /** What the module gets as `options`. */
  options: unknown;
  /** How long it may take at a moment, in milliseconds. */
  timeoutMs: number;
  /** What it may do; absent: whatever kerek may. */
  permissions?: HookPermissions;
  /** Where it is named, such as `services.web.x-kerek.hooks[0]` or `--hook`. */
  place: string;
}

/** Kinds of what Deno lets a program do. */
export const denoPermissions = [
  "env",
  "ffi",
  "import",
  "net",
  "read",
  "run",
  "sys",
  "write",
] as const;

/** What a hook module may do: all of a kind, only what is listed, or else nothing. */
export type HookPermissions =
  & { [Kind in typeof denoPermissions[number]]?: boolean | string[] }
  & {
    /** The engine, Compose, and containers other than the replicas of the call. */
    engine?: boolean;
  };

/** A hook module that is loaded; its options stay out of plans, as plans are printed. */
export interface Hook {
  /** As the user wrote it. */
  module: string;
  /** Which of the deploy's loaded modules it is, from 0. */
  index: number;
  /** How long a call may take, in milliseconds. */
  timeoutMs: number;
  /** Moments that it has a function for. */
  /** The moments that it has functions for. */
  moments: Moment[];
}

/** Moments whose failure stops a swap or a deploy; that of the others is a warning. */
export const isDecisive = (moment: Moment): boolean =>
  moment === "beforeDeploy" || moment === "preSwap" || moment === "healthGate";

/** What `healthGate` says of a new replica; nothing where it lets it pass. */
export type HookAnswer = undefined | { refuse: string } | { retryAfterMs: number };

/** What to do after an answer. */
export type HookVerdict =
  | { kind: "passed" }
  | { kind: "refused"; reason: string }
  | { kind: "again"; afterMs: number };

/**
 * Whether a hook is content, refuses, or is asked again, which it may want for as long as it may
 * take in all.
 *
 * @param waitedMs Time since it was first asked.
 */
export function judgeAnswer(
  { module, timeoutMs }: Hook,
  answer: HookAnswer,
  waitedMs: number,
): HookVerdict {
  if (answer === undefined) return { kind: "passed" };
  if ("refuse" in answer) {
    return { kind: "refused", reason: `healthGate of ${module}: ${answer.refuse}` };
  }
  if (waitedMs + answer.retryAfterMs < timeoutMs) {
    return { kind: "again", afterMs: answer.retryAfterMs };
  }
  const reason = `healthGate of ${module} did not let it pass in ${timeoutMs / 1000} s`;
  return { kind: "refused", reason };
}
