import type { Plan } from "../plan/model.ts";
import { recover } from "../plan/recover.ts";
import { serviceOf } from "../plan/refs.ts";
import { respond } from "../plan/respond.ts";
import { type ServiceOutcome, summarize, type WayBack } from "../plan/summarize.ts";
import type { Outcome } from "./events.ts";
import type { Ports } from "./ports.ts";
import { type Progress, runPlan } from "./run_plan.ts";

/** How a plan's execution ended, for all and for each service. */
export interface Execution {
  outcome: Outcome;
  services: ServiceOutcome[];
}

/** Executes a plan; if it fails or is interrupted, the way back that `recover` gives, too. */
export async function execute(plan: Plan, ports: Ports): Promise<Execution> {
  const progress: Progress = { statuses: new Map(), created: [] };
  const tolerated = new Set<string>();
  const last = await runPlan(plan, "deploy", progress, ports, (current, failed) => {
    const response = respond(current, progress.statuses, tolerated, ports);
    if (response.kind === "go-on") tolerated.add(failed.swap!.swap);
    return response;
  });
  const isOver = last.steps.every((step) => progress.statuses.get(step.id) === "done");
  // While something is put back, an interruption changes nothing any more.
  const isInterrupted = ports.signal.aborted;
  const way = isOver ? nothingToRestore : await goBack(last, progress, ports);
  const services = summarize(plan, progress.statuses, way);
  const isTouched = plan.steps.some((step) =>
    touches(step, plan) && progress.statuses.has(step.id)
  );
  const outcome = plan.steps.length === 0
    ? "nothing"
    : isOver
    ? tolerated.size > 0 ? "restored" : "done"
    : way.unclear.size > 0
    ? "not-restored"
    : isInterrupted
    ? "interrupted"
    : isTouched
    ? "restored"
    : "untouched";
  return { outcome, services };
}

/** Whether the step changes what runs; creating alone does not, nor does a job. */
function touches({ action }: Plan["steps"][number], { changes }: Plan): boolean {
  if (action.kind === "recreate") return true;
  return (action.kind === "start" || action.kind === "stop" || action.kind === "remove") &&
    !changes.some((x) => x.service === action.container.service && x.desired?.isJob);
}

const nothingToRestore: WayBack = { undone: new Set(), unclear: new Set() };

async function goBack(plan: Plan, progress: Progress, ports: Ports): Promise<WayBack> {
  const { steps, losses, undone } = recover(plan, progress.statuses, ports);
  const texts = losses.map(({ text }) => text);
  if (steps.length + losses.length > 0) {
    ports.emit({ type: "recovering", at: ports.clock.now(), steps, losses: texts });
  }
  // An interruption has had its effect; the way back must not be cut short by it.
  const uninterrupted = { ...ports, signal: new AbortController().signal };
  // What cannot go back does not keep others from it, save those that wait for it.
  await runPlan({ ...plan, steps }, "recovery", progress, uninterrupted, (current) => ({
    kind: "go-on",
    plan: current,
  }));
  const failed = steps.filter((step) => progress.statuses.get(step.id) !== "done");
  const unclear = [
    ...failed.flatMap((step) => serviceOf(step) ?? []),
    ...losses.map(({ service }) => service),
  ];
  return { undone: new Set(undone), unclear: new Set(unclear) };
}
