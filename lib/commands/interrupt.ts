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
 * Calls `act` at the first Ctrl-C, SIGTERM, or hang-up of the terminal or SSH session, and `again`
 * at the second one, which without it ends the process in the usual way, as the one after it does.
 * A hang-up is never a second one, as it may come twice: from the shell and from the system.
 *
 * @returns a function that takes the listening back.
 */
export function onInterrupt(act: () => void, again?: () => void): () => void {
  const acts = again ? [act, again] : [act];
  const interrupted = () => {
    const next = acts.shift()!;
    if (acts.length === 0) unlisten(signals, interrupted);
    next();
  };
  const hungUp = () => {
    if (acts[0] === act) interrupted();
  };
  const [signals, hangUps] = interruptSignals();
  signals.forEach((signal) => Deno.addSignalListener(signal, interrupted));
  hangUps.forEach((signal) => Deno.addSignalListener(signal, hungUp));
  return () => {
    unlisten(signals, interrupted);
    unlisten(hangUps, hungUp);
  };
}

function unlisten(signals: Deno.Signal[], listener: () => void): void {
  signals.forEach((signal) => Deno.removeSignalListener(signal, listener));
}

/** What interrupts, and what does so but may come twice. */
function interruptSignals(): [Deno.Signal[], Deno.Signal[]] {
  if (Deno.build.os === "windows") return [["SIGINT"], []];
  return [["SIGINT", "SIGTERM"], ignoresHangUp() ? [] : ["SIGHUP"]];
}

/** Whether it was started to outlive its terminal, as by `nohup`; see proc(5), `SigIgn`. */
function ignoresHangUp(): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
