import { KerekError } from "../errors.ts";
import { describe, phrase } from "../plan/describe.ts";
import { type Hook, isDecisive, judgeAnswer, type Moment } from "../plan/hooks.ts";
import type { Plan, Step } from "../plan/model.ts";
import type { Execution } from "./execute.ts";
import type { Clock, HookFacts, Hooks, Ports } from "./ports.ts";

/** A module, and the moment at which it is called. */
interface Call {
  moment: Moment;
  hook: Hook;
}

/**
 * Calls a hook until it says yes or no.
 *
 * @returns a warning if it failed where that has no consequence, else nothing.
 * @throws {KerekError} if it fails or refuses where that is what counts.
 * @throws the signal's reason if that aborts first.
 */
export async function callHook(
  { moment, hook }: Call,
  facts: Omit<HookFacts, "moment">,
  { hooks, clock }: { hooks?: Hooks; clock: Clock },
  signal: AbortSignal,
): Promise<string> {
  try {
    await askHook(hook, { moment, ...facts }, hooks!, clock, signal);
    return "";
  } catch (error) {
    if (isDecisive(moment) || !(error instanceof KerekError)) throw error;
    return `warning, it failed: ${error.message}`;
  }
}

async function askHook(
  hook: Hook,
  facts: HookFacts,
  hooks: Hooks,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = clock.now();
  while (true) {
    const answer = await hooks.call(hook, facts, signal).catch((error) => {
      throw facts.moment === "healthGate" ? ofGate(hook, error) : error;
    });
    const verdict = judgeAnswer(hook, answer, clock.now() - startedAt);
    if (verdict.kind === "passed") return;
    if (verdict.kind === "refused") throw new KerekError(verdict.reason);
    await clock.sleep(verdict.afterMs, signal);
    signal.throwIfAborted();
  }
}

/** What it says is told of the replica; a gate of several modules is to be known by its module. */
function ofGate({ module }: Hook, error: unknown): unknown {
  if (!(error instanceof KerekError)) return error;
  const { message, hint, details, exitCode } = error;
  return new KerekError(`healthGate of ${module}: ${message}`, {
    ...{ hint, details, exitCode, cause: error },
  });
}

/** Calls the hooks that a plan has for its end, with what came of it; what fails is a warning. */
export async function callAfterwards(
  plan: Plan,
  { outcome, services }: Execution,
  ports: Pick<Ports, "hooks" | "clock" | "emit">,
): Promise<void> {
  const isFailed = outcome !== "done" && outcome !== "nothing";
  for (const step of plan.afterwards ?? []) {
    const { action, cause } = step;
    if (action.kind !== "hook" || (action.moment === "onFailure" && !isFailed)) continue;
    const own = { id: step.id, text: phrase(describe(action)) };
    await callAfter(step, action, { cause, step: own, outcome, services }, ports);
  }
}

async function callAfter(
  step: Step,
  call: Call,
  facts: Omit<HookFacts, "moment">,
  ports: Pick<Ports, "hooks" | "clock" | "emit">,
): Promise<void> {
  const { clock, emit } = ports;
  const startedAt = clock.now();
  emit({ type: "step-started", at: startedAt, phase: "deploy", step });
  // An interruption is one of the things that these are told of.
  const detail = await callHook(call, facts, ports, new AbortController().signal);
  const at = clock.now();
  emit({ type: "step-done", at, phase: "deploy", step, durationMs: at - startedAt, detail });
}
