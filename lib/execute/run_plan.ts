import { KerekError } from "../errors.ts";
import type { Action, Plan, Step } from "../plan/model.ts";
import { serviceOf } from "../plan/refs.ts";
import type { Response } from "../plan/respond.ts";
import type { StepStatus } from "../plan/swap_state.ts";
import { act, resolve } from "./act.ts";
import type { Phase } from "./events.ts";
import type { CreatedContainer, Ports } from "./ports.ts";

/** The state of a run: how far each step came, and which containers creation gave. */
export interface Progress {
  statuses: Map<string, StepStatus>;
  created: CreatedContainer[];
}

/** How many last lines of a failed container's output are shown. */
const shownLines = 20;

/**
 * Takes every step as soon as those before it are done, several at a time. When a step fails,
 * `onFailure` says whether and in which form the plan goes on. If it does not, or after an
 * interruption, no further step is begun, waits are given up and engine calls finish.
 *
 * @returns the plan in its last form.
 */
export async function runPlan(
  given: Plan,
  phase: Phase,
  progress: Progress,
  ports: Ports,
  onFailure: (plan: Plan, failed: Step) => Response,
): Promise<Plan> {
  const limit = ports.parallel ?? Infinity;
  const giveUp = new AbortController();
  const signal = AbortSignal.any([ports.signal, giveUp.signal]);
  const begun = new Set<string>();
  const running = new Map<Step, Promise<void>>();
  let plan = given;
  while (true) {
    for (const step of signal.aborted ? [] : plan.steps) {
      if (running.size >= limit) break;
      if (begun.has(step.id) || !isFree(step)) continue;
      begun.add(step.id);
      running.set(step, run(step).finally(() => running.delete(step)));
    }
    if (running.size === 0) return plan;
    await Promise.race(running.values());
  }

  function isFree(step: Step): boolean {
    const dispensable = (id: string) =>
      progress.statuses.get(id) === "failed" && plan.steps.find((x) => x.id === id)?.mayFail;
    return step.after.every((id) => progress.statuses.get(id) === "done" || dispensable(id));
  }

  async function run(step: Step): Promise<void> {
    const status = await takeStep(step, phase, progress, ports, signal, plan);
    progress.statuses.set(step.id, status);
    if (status !== "failed" || step.mayFail || signal.aborted) return;
    const response = onFailure(plan, step);
    if (response.kind === "go-on") plan = response.plan;
    else giveUp.abort();
  }
}

async function takeStep(
  step: Step,
  phase: Phase,
  progress: Progress,
  ports: Ports,
  signal: AbortSignal,
  plan: Plan,
): Promise<StepStatus> {
  const { clock, emit } = ports;
  const startedAt = clock.now();
  const base = () => ({ at: clock.now(), phase, step });
  emit({ type: "step-started", ...base() });
  try {
    const detail = await act(step, progress.created, ports, signal);
    emit({ type: "step-done", ...base(), durationMs: clock.now() - startedAt, detail });
    return "done";
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      emit({ type: "step-aborted", ...base() });
      return "aborted";
    }
    // Whatever it was, the way back must be gone.
    const { message: reason, hint: advice, details } = KerekError.from(error);
    const hint = advice ?? whereToLook(step, progress, ports) ?? howToLeaveOut(step, plan);
    const durationMs = clock.now() - startedAt;
    const lastLines = [...details, ...await linesOf(step, progress, ports)];
    emit({ type: "step-failed", ...base(), durationMs, reason, hint, lastLines });
    return "failed";
  }
}

/** What a new container that failed said last. */
async function linesOf(step: Step, progress: Progress, { engine }: Ports): Promise<string[]> {
  const { action } = step;
  if (!isTrial(action)) return [];
  try {
    return await engine.lastLines(resolve(action.container, progress.created), shownLines);
  } catch (error) {
    return [`(its output cannot be shown: ${KerekError.from(error).message})`];
  }
}

/** What --no-rollback leaves is there to be looked at. */
function whereToLook({ action }: Step, { created }: Progress, { noRollback }: Ports) {
  if (!noRollback || !isTrial(action) || action.container.kind === "known") return undefined;
  const id = resolve(action.container, created).slice(0, 12);
  return `It stays, stopped: \`docker logs ${id}\` and \`docker inspect ${id}\` show more.`;
}

/** An old release's migration may well refuse a database that a newer one has changed. */
function howToLeaveOut(step: Step, { purpose, changes }: Plan): string | undefined {
  const service = serviceOf(step);
  const own = changes.find((change) => change.service === service);
  if (purpose !== "rollback" || !own?.desired?.isJob) return undefined;
  return `A rollback runs the ${service} of then. To leave it out, name the others: ` +
    "`kerek rollback SERVICE…`.";
}

/** Whether its failure may have its reason in what the container does. */
function isTrial(
  action: Action,
): action is Extract<Action, { kind: "start" | "exec" | "ready" | "gate" }> {
  if (action.kind === "exec") return action.isBinding;
  return action.kind === "start" || action.kind === "ready" || action.kind === "gate";
}
