import type { Drain, RollbackPolicy, UpdatePolicy } from "../plan/model.ts";
import type { GateSpec, Probe } from "../plan/gates.ts";
import { gateDefaults, type GateSettings } from "./gate.ts";
import type { RollbackConfig, UpdateConfig } from "./update_config.ts";
import type { ServiceSettings } from "./x_kerek.ts";

/** How long a replica without a healthcheck must run unless the files say otherwise. */
export const defaultMonitorMs = 1_000;

/** `deploy.update_config`, with what holds where it is silent (Compose Deploy Specification). */
export function updatePolicy(config: UpdateConfig = {}): UpdatePolicy {
  const failureAction = config.failure_action ?? "pause";
  return {
    order: config.order ?? "stop-first",
    parallelism: config.parallelism ?? 1,
    delayMs: config.delay ?? 0,
    monitorMs: config.monitor ?? defaultMonitorMs,
    steadyMs: config.monitor ?? 0,
    failureAction,
    // Whoever asks to continue without saying how far means to the end.
    maxFailureRatio: config.max_failure_ratio ?? (failureAction === "continue" ? 1 : 0),
  };
}

/**
 * `deploy.rollback_config`. The way back has the order of the way there unless it says otherwise; for
 * how long it is watched it has not, as the old version has proved itself.
 */
export function rollbackPolicy(
  config: RollbackConfig = {},
  update: UpdatePolicy,
): RollbackPolicy {
  return {
    order: config.order ?? update.order,
    parallelism: config.parallelism ?? update.parallelism,
    delayMs: config.delay ?? 0,
    monitorMs: config.monitor ?? defaultMonitorMs,
    steadyMs: config.monitor ?? 0,
  };
}

/** What applies to a service: its own settings before those of the top level. */
export function settingsOf(
  service: ServiceSettings = {},
  topLevel: ServiceSettings = {},
): ServiceSettings {
  return { ...topLevel, ...service };
}

/** `x-kerek.gates`, with what holds where it is silent. */
export function gateSpecs(gates: ServiceSettings["gates"] = []): GateSpec[] {
  return gates.map((gate) => ({
    probe: probeOf(gate),
    timeoutMs: gate.timeout ?? gateDefaults.timeoutMs,
    ...(gate.interval === undefined ? {} : { intervalMs: gate.interval }),
    successes: gate.successes ?? gateDefaults.successes,
  }));
}

/** The schema sees to it that a gate is of one kind. */
function probeOf({ healthcheck, tcp, exec, http }: GateSettings): Probe {
  if (healthcheck) return { kind: "healthcheck" };
  if (tcp !== undefined) return { kind: "tcp", port: tcp };
  if (exec !== undefined) return { kind: "exec", command: commandOf(exec) };
  const { port, path = "/", status = [] } = http!;
  return { kind: "http", port, path, statuses: [status].flat() };
}

/** `x-kerek.drain`, with what holds where it is silent. */
export function drainOf(
  { settle = 0, mark, dns, wait = 0 }: NonNullable<ServiceSettings["drain"]> = {},
): Drain {
  return {
    settleMs: settle,
    waitMs: wait,
    ...(mark ? { mark: commandOf(mark) } : {}),
    ...(dns ? { dns } : {}),
  };
}

/** One line is for the container's shell, as in a Compose file's healthcheck. */
export function commandOf(command: string | string[]): string[] {
  return typeof command === "string" ? ["/bin/sh", "-c", command] : command;
}
