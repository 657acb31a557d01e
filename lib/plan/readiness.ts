import type { ContainerStatus, Gate } from "./model.ts";

/** What the engine says of one container, as far as readiness depends on it. */
export interface ContainerState {
  status: ContainerStatus;
  /** Absent without a healthcheck. */
  health?: "starting" | "healthy" | "unhealthy";
  /** Of its last end; some engines say 0 while it runs again. */
  exitCode: number;
  /** How often the engine restarted it by its restart policy. */
  restarts: number;
  /** When it last started, in milliseconds of the engine's clock; undefined if it never did. */
  startedAt?: number;
  /** Whether the restart policy makes the engine start it again when it ends. */
  restartable: boolean;
  healthcheck?: HealthcheckTimes;
  /** What the engine said when it could not start it; empty otherwise. */
  error: string;
}

/** A healthcheck's times in milliseconds, the engine's defaults filled in. */
export interface HealthcheckTimes {
  intervalMs: number;
  timeoutMs: number;
  startPeriodMs: number;
  retries: number;
}

/** Whether to go on, to give up, or to look again when something changed or the time is over. */
export type Verdict =
  | { kind: "ready"; detail: string }
  | { kind: "failed"; reason: string }
  | { kind: "wait"; atMostMs: number };

/**
 * How often a container may be restarted by its policy before it counts as failed. Some wait
 * for what they need by ending and being started again, so the first end is not the last word.
 */
export const toleratedRestarts = 2;

/** Slack over what the healthcheck's own numbers allow, for a busy engine. */
const slackMs = 30_000;

/**
 * Whether a started container is ready: its healthcheck says healthy, or, without one, it has
 * been running for `gate.monitorMs`.
 *
 * @param waitedMs Time since the container was started by this deploy.
 * @param healthyMs Time since it was first seen healthy without a break.
 * @param runningMs Time since it was started, by this deploy or by its restart policy.
 * @param provenRestarts How often it had been restarted when it was first seen healthy.
 */
export function judge(
  state: ContainerState,
  gate: Gate,
  waitedMs: number,
  healthyMs = 0,
  runningMs = waitedMs,
  provenRestarts = Infinity,
): Verdict {
  if (gate.mustComplete && isGoingOn(state)) {
    return state.restarts > toleratedRestarts
      ? tooManyRestarts(state)
      : { kind: "wait", atMostMs: Infinity };
  }
  if (hasFailedMonitor(state, gate, provenRestarts)) {
    return failed(`it ended${codeOf(state, " with")}, and its restart policy started it again`);
  }
  if (state.status === "running" || state.status === "paused") {
    return judgeRunning(state, gate, { waitedMs, healthyMs, runningMs });
  }
  if (state.status === "restarting") {
    return state.restarts > toleratedRestarts ? tooManyRestarts(state) : waitForEngine(waitedMs);
  }
  if (state.status === "created") {
    return state.error ? failed(state.error) : waitForEngine(waitedMs);
  }
  if (state.exitCode === 0 && gate.mayComplete) {
    return { kind: "ready", detail: "completed with exit code 0" };
  }
  return failed(`it ended with exit code ${state.exitCode}`);
}

interface Times {
  waitedMs: number;
  healthyMs: number;
  runningMs: number;
}

function judgeRunning(state: ContainerState, gate: Gate, times: Times): Verdict {
  if (state.restarts > toleratedRestarts) return tooManyRestarts(state);
  if (gate.health && state.health !== undefined) return judgeHealth(state, gate, times);
  const restMs = gate.monitorMs - times.runningMs;
  if (restMs <= 0) return { kind: "ready", detail: "running" };
  return { kind: "wait", atMostMs: restMs };
}

function judgeHealth(
  state: ContainerState,
  gate: Gate,
  { waitedMs, healthyMs }: Times,
): Verdict {
  if (state.health === "healthy") {
    return healthyMs >= gate.steadyMs
      ? { kind: "ready", detail: "healthy" }
      : { kind: "wait", atMostMs: gate.steadyMs - healthyMs };
  }
  if (state.health === "unhealthy") return failed("it is unhealthy");
  if (gate.isGated) return { kind: "ready", detail: "passed its healthcheck" };
  const restMs = deadlineMs(state.healthcheck) - waitedMs;
  if (restMs <= 0) return failed("its healthcheck gave no verdict in the time it sets itself");
  return { kind: "wait", atMostMs: restMs };
}

/** By when a healthcheck must have said healthy or unhealthy, from the start of the container. */
function deadlineMs(check?: HealthcheckTimes): number {
  if (!check) return slackMs;
  return check.startPeriodMs + (check.retries + 1) * (check.intervalMs + check.timeoutMs) +
    slackMs;
}

const isGoingOn = ({ status }: ContainerState) =>
  status === "running" || status === "paused" || status === "restarting";

/**
 * What ends while it is monitored has failed (Compose Deploy Specification, `monitor`), even if its
 * restart policy starts it again: with a healthcheck once that has passed, without from the start on,
 * if the files say for how long.
 */
function hasFailedMonitor(state: ContainerState, gate: Gate, provenRestarts: number): boolean {
  if (gate.health && state.health !== undefined) return state.restarts > provenRestarts;
  return gate.steadyMs > 0 && state.restarts > 0;
}

function waitForEngine(waitedMs: number): Verdict {
  const restMs = slackMs - waitedMs;
  return restMs > 0
    ? { kind: "wait", atMostMs: restMs }
    : failed("the engine did not get it to run");
}

function tooManyRestarts(state: ContainerState): Verdict {
  return failed(`it keeps ending${codeOf(state, ", last with")}`);
}

/** Its last exit code, if that is known. */
function codeOf({ status, exitCode }: ContainerState, before: string): string {
  return status === "running" && exitCode === 0 ? "" : `${before} exit code ${exitCode}`;
}

const failed = (reason: string): Verdict => ({ kind: "failed", reason });
