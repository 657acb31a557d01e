import { KerekError } from "../errors.ts";
import type { Gate } from "../plan/model.ts";
import { judge } from "../plan/readiness.ts";
import type { Clock, Engine } from "./ports.ts";

/** So that a lost event delays a deploy instead of stopping it. */
const longestWaitMs = 5_000;

/**
 * Waits until a container is ready, and says why it counts as that.
 *
 * @throws {KerekError} if it fails to become ready.
 * @throws the signal's reason if that aborts first.
 */
export async function awaitReady(
  id: string,
  gate: Gate,
  { engine, clock }: { engine: Engine; clock: Clock },
  signal: AbortSignal,
  timeoutMs = Infinity,
): Promise<string> {
  const startedAt = clock.now();
  while (true) {
    signal.throwIfAborted();
    const look = new AbortController();
    const either = AbortSignal.any([signal, look.signal]);
    // Listening starts before looking, so that no change falls in between.
    const changed = engine.nextChange(id, either);
    const waitedMs = clock.now() - startedAt;
    const verdict = judge(await engine.inspect(id), gate, waitedMs);
    if (verdict.kind === "wait") {
      if (waitedMs >= timeoutMs) throw new KerekError(`it was not ready in ${timeoutMs / 1000} s`);
      const restMs = Math.min(verdict.atMostMs, timeoutMs - waitedMs, longestWaitMs);
      await Promise.race([changed, clock.sleep(restMs, either)]);
    }
    look.abort();
    if (verdict.kind === "ready") return verdict.detail;
    if (verdict.kind === "failed") throw new KerekError(verdict.reason);
  }
}
