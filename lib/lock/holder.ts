/** Who holds a project's lock, as its container on the engine tells. */
export interface Holder {
  /** Id of the container that is the lock. */
  id: string;
  /** `user@host`. */
  owner: string;
  pid: number;
  /** Which machine and process namespace `pid` belongs to; empty if it could not be told. */
  place: string;
  /** When the lock was taken, by the engine's clock, in milliseconds since 1970. */
  sinceMs: number;
  /** How long after that it last gave a sign of life, in milliseconds; nothing if it never does. */
  beatMs?: number;
}

/** What is to be thought of a holder. */
export type Standing =
  | "alive"
  /** Its process is gone. */
  | "ended"
  /** It is somewhere else, and has given no sign of life for too long. */
  | "silent";

/** How often a holder gives a sign of life, in milliseconds. */
export const beatEveryMs = 10_000;

/** After how long without one it counts as dead, in milliseconds: many must have failed by then. */
export const silentAfterMs = 60_000;

/**
 * Judges a holder.
 *
 * @param nowMs The engine's time, as machines' clocks differ.
 * @param here Whose processes can be seen, as in {@linkcode Holder.place}.
 */
export function standing(
  holder: Holder,
  nowMs: number,
  here: { place: string; isRunning(pid: number): boolean },
): Standing {
  const isNear = holder.place !== "" && holder.place === here.place;
  if (isNear && !here.isRunning(holder.pid)) return "ended";
  if (holder.beatMs === undefined) return "alive";
  return nowMs - holder.sinceMs - holder.beatMs > silentAfterMs ? "silent" : "alive";
}

/** A holder in words. */
export function holderText({ owner, pid, sinceMs }: Holder): string {
  return `${owner} (process ${pid}, since ${new Date(sinceMs).toISOString().slice(0, 19)}Z)`;
}
