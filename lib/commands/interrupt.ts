import { ExitCode, KerekError } from "../errors.ts";

/** Lets what is awaited go on until the user asks to stop. */
export type OrStop = <T>(promise: Promise<T>) => Promise<T>;

/**
 * Runs what may stop anywhere, as it leaves nothing half-done. At the first Ctrl-C or SIGTERM, what
 * is awaited through `orStop` is no longer waited for.
 *
 * @throws {KerekError} if it was interrupted.
 */
export async function interruptible<T>(
  act: (orStop: OrStop, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interrupt = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  const interrupted = new KerekError("Interrupted", { exitCode: ExitCode.interrupted });
  const release = onInterrupt(() => {
    interrupt.abort(interrupted);
    reject(interrupted);
  });
  try {
    return await act((promise) => Promise.race([promise, stopped]), interrupt.signal);
  } finally {
    release();
  }
}

/**
 * Calls `act` at the first Ctrl-C or SIGTERM, and `again` at the second one, which without it ends
 * the process in the usual way, as the one after it does.
 *
 * @returns a function that takes the listening back.
 */
export function onInterrupt(act: () => void, again?: () => void): () => void {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const acts = again ? [act, again] : [act];
  const listener = () => {
    const next = acts.shift()!;
    if (acts.length === 0) release();
    next();
  };
  const release = () => signals.forEach((signal) => Deno.removeSignalListener(signal, listener));
  signals.forEach((signal) => Deno.addSignalListener(signal, listener));
  return release;
}
