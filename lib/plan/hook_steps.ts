import type { Hook, Moment } from "./hooks.ts";
import type { Action, ContainerRef, DesiredService, Step } from "./model.ts";

/** The replicas that a call of a hook is about. */
interface Subjects {
  service?: string;
  old?: ContainerRef;
  new?: ContainerRef;
}

/** Calls of the modules that have a function for this moment, in their order, by names of steps. */
export function hookActions(
  moment: Moment,
  hooks: Hook[] = [],
  subjects: Subjects = {},
): [string, Action][] {
  return hooks.filter((hook) => hook.moments.includes(moment)).map((hook, i) => [
    `${moment}-${i + 1}`,
    { kind: "hook", moment, hook, ...subjects },
  ]);
}

/** Whether hooks follow the stop of an old replica, or come with it. */
export const hasLateHooks = ({ hooks = [] }: DesiredService): boolean =>
  hooks.some(({ moments }) => moments.includes("beforeStop") || moments.includes("postSwap"));

/** Calls about the deploy as a whole. */
export function deployHookSteps(moment: Moment, hooks: Hook[] = [], after: string[]): Step[] {
  let last = after;
  return hookActions(moment, hooks).map(([id, action]) => {
    const step: Step = { id, action, cause: deployCauses[moment]!, after: last };
    last = [id];
    return step;
  });
}

const deployCauses: Partial<Record<Moment, string>> = {
  beforeDeploy: "something is to be changed",
  onFailure: "if the deploy fails",
  afterDeploy: "however the deploy ends",
};
