import type { Action, Gate, Step } from "./model.ts";
import type { SwapState } from "./swap_state.ts";

/** What to do after a failure or an interruption. */
export interface Recovery {
  steps: Step[];
  /** What cannot be put back, in words; empty if the steps restore all. */
  losses: string[];
  /** Ids of the swaps that were done and are taken back. */
  undone: string[];
}

/** What of the options matters to recovery. */
export interface RecoverOptions {
  /** Leave new containers that failed, stopped, for inspection. */
  noRollback?: boolean;
}

/** When an old container counts as back; one that did not serve before need not now. */
export function oldGate(wasServing: boolean): Gate {
  return { monitorMs: 0, steadyMs: 0, mayComplete: false, health: wasServing };
}

/** The action of removing a swap's container. */
export function removalOf(state: SwapState, role: "old" | "new"): Action {
  return { kind: "remove", container: state.container(role)!, discard: role === "new" };
}
