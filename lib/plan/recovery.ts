import type { Action, Gate, RollbackPolicy, Step } from "./model.ts";
import type { SwapState } from "./swap_state.ts";

/** What to do after a failure or an interruption. */
export interface Recovery {
  steps: Step[];
  /** What cannot be put back; empty if the steps restore all. */
  losses: Loss[];
  /** Ids of the swaps that were done and are taken back. */
  undone: string[];
}

/** What of a service cannot be put back. */
export interface Loss {
  /** Name of the service. */
  service: string;
  /** What it is, for people. */
  text: string;
}

/** What of the options matters to recovery. */
export interface RecoverOptions {
  /** Leave new containers that failed, stopped, for inspection. */
  noRollback?: boolean;
}

/** What holds for a service that the files do not define any more. */
const withoutPolicy = { monitorMs: 1_000, steadyMs: 0 };

/** When an old container counts as back; one that did not serve before need not now. */
export function oldGate(wasServing: boolean, policy?: RollbackPolicy): Gate {
  const { monitorMs, steadyMs } = wasServing
    ? policy ?? withoutPolicy
    : { monitorMs: 0, steadyMs: 0 };
  return { monitorMs, steadyMs, mayComplete: false, health: wasServing };
}

/** The action of removing a swap's container. */
export function removalOf(state: SwapState, role: "old" | "new"): Action {
  return { kind: "remove", container: state.container(role)!, discard: role === "new" };
}
