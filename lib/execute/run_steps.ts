import { KerekError } from "../errors.ts";
import type { Action, ContainerRef, Step } from "../plan/model.ts";
import type { StepStatus } from "../plan/swap_state.ts";
import type { Phase } from "./events.ts";
import { awaitReady } from "./gate.ts";
import type { CreatedContainer, Ports } from "./ports.ts";

/** The state of a run: how far each step came, and which containers creation gave. */
export interface Progress {
  statuses: Map<string, StepStatus>;
  created: CreatedContainer[];
}

/** How many last lines of a failed container's output are shown. */
const shownLines = 20;

/**
 * Takes every step as soon as those before it are done, several at a time. After a failure or
 * an interruption it begins no further step, gives up waits and lets engine calls finish.
 *
 * @returns whether all steps were done.
 */
export async function runSteps(
  steps: Step[],
  phase: Phase,
  progress: Progress,
  ports: Ports,
): Promise<boolean> {
  const limit = ports.parallel ?? Infinity;
  const giveUp = new AbortController();
  const signal = AbortSignal.any([ports.signal, giveUp.signal]);
  const waiting = new Set(steps);
  const dispensable = new Set(steps.filter((step) => step.mayFail).map((step) => step.id));
  const running = new Map<Step, Promise<void>>();
  while (true) {
    for (const step of signal.aborted ? [] : waiting) {
      if (running.size >= limit) break;
      if (!step.after.every(isOver)) continue;
      waiting.delete(step);
      running.set(step, runStep(step, signal).finally(() => running.delete(step)));
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  return steps.every((step) => progress.statuses.get(step.id) === "done");

  async function runStep(step: Step, signal: AbortSignal): Promise<void> {
    const status = await takeStep(step, phase, progress, ports, signal);
    progress.statuses.set(step.id, status);
    if (status === "failed" && !step.mayFail) giveUp.abort();
  }

  function isOver(id: string): boolean {
    const status = progress.statuses.get(id);
    return status === "done" || (status === "failed" && dispensable.has(id));
  }
}

async function takeStep(
  step: Step,
  phase: Phase,
  progress: Progress,
  ports: Ports,
  signal: AbortSignal,
): Promise<StepStatus> {
  const { clock, emit } = ports;
  const startedAt = clock.now();
  const base = () => ({ at: clock.now(), phase, step });
  emit({ type: "step-started", ...base() });
  try {
    const detail = await act(step, progress, ports, signal);
    emit({ type: "step-done", ...base(), durationMs: clock.now() - startedAt, detail });
    return "done";
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      emit({ type: "step-aborted", ...base() });
      return "aborted";
    }
    // Whatever it was, the way back must be gone.
    const { message: reason, hint, details } = KerekError.from(error);
    const durationMs = clock.now() - startedAt;
    const lastLines = [...details, ...await linesOf(step, progress, ports)];
    emit({ type: "step-failed", ...base(), durationMs, reason, hint, lastLines });
    return "failed";
  }
}

/** Does what the step says; the result is what came of it, in a word. */
async function act(
  { action }: Step,
  progress: Progress,
  ports: Ports,
  signal: AbortSignal,
): Promise<string> {
  const { engine } = ports;
  const id = (ref: ContainerRef) => resolve(ref, progress.created);
  switch (action.kind) {
    case "build":
      return await engine.build(action.services), "";
    case "pull":
      return await engine.pull(action.services), "";
    case "create": {
      const created = await engine.create(action.services);
      progress.created.push(...created);
      return created.map((container) => container.name).join(", ");
    }
    case "inject":
      return await engine.inject(id(action.container), action.container.service), "";
    case "start":
      return await engine.start(id(action.container)), "";
    case "ready":
      return await awaitReady(id(action.container), action.gate, ports, signal);
    case "stop":
      return await engine.stop(id(action.container)), "";
    case "remove":
      return await engine.remove(id(action.container), action), "";
    case "recreate":
      return await engine.recreate(action.service, action.beside), "";
    case "verify":
      return await verify(action, ports, signal);
  }
  return action satisfies never;
}

async function verify(
  { service, gate, timeoutMs }: Extract<Action, { kind: "verify" }>,
  ports: Ports,
  signal: AbortSignal,
): Promise<string> {
  const ids = await ports.engine.containersOf(service);
  const waits = ids.map((id) => awaitReady(id, gate, ports, signal, timeoutMs));
  return [...new Set(await Promise.all(waits))].join(", ");
}

function resolve(ref: ContainerRef, created: CreatedContainer[]): string {
  if (ref.kind === "known") return ref.id;
  const own = created.filter((container) => container.service === ref.service)
    .sort((a, b) => a.number - b.number);
  return own[ref.index].id;
}

async function linesOf(step: Step, progress: Progress, { engine }: Ports): Promise<string[]> {
  const { action } = step;
  if (action.kind !== "ready" && action.kind !== "start") return [];
  try {
    return await engine.lastLines(resolve(action.container, progress.created), shownLines);
  } catch (error) {
    return [`(its output cannot be shown: ${KerekError.from(error).message})`];
  }
}
