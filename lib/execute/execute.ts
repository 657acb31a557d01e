import type { Plan, Step } from "../plan/model.ts";
import { recover } from "../plan/recover.ts";
import type { Outcome } from "./events.ts";
import type { Ports } from "./ports.ts";
import { type Progress, runSteps } from "./run_steps.ts";

/** Executes a plan; if it fails or is interrupted, the way back that `recover` gives, too. */
export async function execute(plan: Plan, ports: Ports): Promise<Outcome> {
  if (plan.steps.length === 0) return "nothing";
  const progress: Progress = { statuses: new Map(), created: [] };
  const isDone = await runSteps(plan.steps, "deploy", progress, ports);
  if (isDone) return "done";
  const isTouched = plan.steps.some((step) => touches(step) && progress.statuses.has(step.id));
  const isRestored = await goBack(plan, progress, ports);
  if (!isRestored) return "not-restored";
  if (ports.signal.aborted) return "interrupted";
  return isTouched ? "restored" : "untouched";
}

/** Whether the step changes what runs; creating alone does not. */
function touches({ action }: Step): boolean {
  return ["start", "stop", "remove", "recreate"].includes(action.kind);
}

async function goBack(plan: Plan, progress: Progress, ports: Ports): Promise<boolean> {
  const { steps, losses } = recover(plan, progress.statuses);
  if (steps.length + losses.length === 0) return true;
  ports.emit({ type: "recovering", at: ports.clock.now(), steps, losses });
  // An interruption has had its effect; the way back must not be cut short by it.
  const uninterrupted = { ...ports, signal: new AbortController().signal };
  const isDone = await runRecovery(steps, progress, uninterrupted);
  return isDone && losses.length === 0;
}

/** Each swap goes back on its own, so that one that cannot does not keep others from it. */
async function runRecovery(steps: Step[], progress: Progress, ports: Ports): Promise<boolean> {
  const swaps = Map.groupBy(steps, (step) => step.swap!.swap);
  const results = await Promise.all(
    [...swaps.values()].map((own) => runSteps(own, "recovery", progress, ports)),
  );
  return results.every((isDone) => isDone);
}
