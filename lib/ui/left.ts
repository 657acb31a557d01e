import type { DeployEvent } from "../execute/events.ts";
import { describe, refName } from "../plan/describe.ts";
import type { Plan, Step } from "../plan/model.ts";

type State = "created" | "started" | "stopped";

/** What a deploy that is given up in its middle leaves, from what has happened so far. */
export function leftLines(events: DeployEvent[]): string[] {
  const plan = events.findLast((event) => event.type === "planned")?.plan;
  if (!plan || plan.steps.length === 0) return ["Stopped at once; nothing was touched."];
  const done = events.filter((event) => event.type === "step-done");
  const finished = new Set(done.map(({ step }) => step.id));
  const left = [...statesOf(plan, done.map(({ step }) => step))]
    .flatMap(([name, state]) => leftLine(name, state, isOver(plan, name, finished)));
  const inHand = begun(events).map((step) => `  in hand: ${phrase(step)}`);
  return [
    "Stopped at once; what had begun is neither finished nor put back:",
    ...left,
    ...inHand,
    "  this deploy's lock, which the next one takes over",
    "Deploy again to go on.",
  ];
}

/** What was last done to each container that the steps are about. */
function statesOf(plan: Plan, done: Step[]): Map<string, State> {
  const states = new Map<string, State>();
  for (const { action } of done) {
    switch (action.kind) {
      case "create":
        for (const ref of newRefs(plan)) states.set(ref, "created");
        break;
      case "start":
        states.set(refName(action.container), "started");
        break;
      case "stop":
        states.set(refName(action.container), "stopped");
        break;
      case "remove":
        states.delete(refName(action.container));
        break;
    }
  }
  return states;
}

function newRefs(plan: Plan): string[] {
  return plan.steps.flatMap(({ action }) =>
    action.kind === "start" && action.container.kind === "new" ? [refName(action.container)] : []
  );
}

/** Whether all steps of the swap are done in which a container is started. */
function isOver(plan: Plan, name: string, finished: Set<string>): boolean {
  const swap = plan.steps.find(({ action }) =>
    action.kind === "start" && refName(action.container) === name
  )?.swap?.swap;
  return plan.steps.filter((step) => step.swap?.swap === swap).every(({ id }) => finished.has(id));
}

function leftLine(name: string, state: State, isOver: boolean): string[] {
  switch (state) {
    case "created":
      return [`  ${name}: created, not started`];
    case "started":
      return isOver ? [] : [`  ${name}: started, its turn is not over`];
    case "stopped":
      return [`  ${name}: stopped, not removed`];
  }
  return state satisfies never;
}

/** Steps that were begun and of which no end was heard. */
function begun(events: DeployEvent[]): Step[] {
  const open = new Map<string, Step>();
  for (const event of events) {
    if (event.type === "step-started") open.set(event.step.id, event.step);
    else if ("step" in event) open.delete(event.step.id);
  }
  return [...open.values()];
}

const phrase = ({ action }: Step): string => {
  const { verb, object } = describe(action);
  return `${verb} ${object}`;
};
