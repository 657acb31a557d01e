import { KerekError } from "../errors.ts";
import { type GateSpec, judgeProbe, pauseMs } from "../plan/gates.ts";
import type { Gate } from "../plan/model.ts";
import { judge } from "../plan/readiness.ts";
import type { Clock, Engine } from "./ports.ts";

type GatePorts = { engine: Engine; clock: Clock };

/** What is special about a wait. */
export interface ReadyOptions {
  /** How long it may take at most; absent: as long as the healthcheck's own numbers say. */
  timeoutMs?: number;
  /** Whether the container was there before, so that its earlier restarts do not count. */
  wasRunning?: boolean;
}

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
  { engine, clock }: GatePorts,
  signal: AbortSignal,
  { timeoutMs = Infinity, wasRunning = false }: ReadyOptions = {},
): Promise<string> {
  const startedAt = clock.now();
  let earlier = wasRunning ? undefined : 0;
  let healthySince: number | undefined;
  let run = { restarts: 0, since: startedAt };
  let lastCode = 0;
  let provenRestarts: number | undefined;
  while (true) {
    signal.throwIfAborted();
    const look = new AbortController();
    const either = AbortSignal.any([signal, look.signal]);
    // Listening starts before looking, so that no change falls in between.
    const changed = engine.nextChange(id, either);
    try {
      const seen = await engine.inspect(id);
      const now = clock.now();
      earlier ??= seen.restarts;
      if (seen.status !== "running") lastCode = seen.exitCode;
      const exitCode = seen.exitCode || lastCode;
      const state = { ...seen, exitCode, restarts: seen.restarts - earlier };
      healthySince = state.health === "healthy" ? healthySince ?? now : undefined;
      if (state.restarts !== run.restarts) run = { restarts: state.restarts, since: now };
      const [waitedMs, healthyMs] = [now - startedAt, now - (healthySince ?? now)];
      if (state.health === "healthy") provenRestarts ??= state.restarts;
      const verdict = judge(state, gate, waitedMs, healthyMs, now - run.since, provenRestarts);
      if (verdict.kind === "ready") return verdict.detail;
      if (verdict.kind === "failed") throw new KerekError(verdict.reason);
      if (waitedMs >= timeoutMs) throw new KerekError(`it was not ready in ${timeoutMs / 1000} s`);
      const restMs = Math.min(verdict.atMostMs, timeoutMs - waitedMs, longestWaitMs);
      await Promise.race([changed, clock.sleep(restMs, either)]);
    } finally {
      look.abort();
    }
  }
}

/** How long a try may take at least that begins when the gate's time is nearly over. */
const lastTryMs = 1_000;

/**
 * Tries a gate until it is passed.
 *
 * @throws {KerekError} if it is not passed in its time, or the container ends.
 * @throws the signal's reason if that aborts first.
 */
export async function passGate(
  id: string,
  spec: GateSpec,
  { engine, clock }: GatePorts,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = clock.now();
  let successes = 0;
  while (true) {
    const waitedMs = clock.now() - startedAt;
    const restMs = spec.timeoutMs - waitedMs;
    const result = await engine.probe(id, spec.probe, signal, {
      forMs: Math.max(restMs, lastTryMs),
      // Successes in a row are to be that far apart.
      ...(successes === 0 && restMs >= lastTryMs ? { everyMs: pauseMs(spec, waitedMs) } : {}),
    });
    signal.throwIfAborted();
    const verdict = judgeProbe(spec, successes, result, clock.now() - startedAt);
    if (verdict.kind === "passed") return;
    if (verdict.kind === "failed") throw new KerekError(verdict.reason);
    successes = verdict.successes;
    await clock.sleep(verdict.afterMs, signal);
    signal.throwIfAborted();
  }
}
