import { refName } from "../describe.ts";
import type { Action, Creation, Step } from "../model.ts";

/**
 * Steps as lines such as `X/swap-1/stop: stop X-1 after X/swap-1/ready`.
 */
export function printSteps(steps: Step[]): string[] {
  return steps.map(({ id, action, after }) =>
    `${id}: ${printAction(action)}${after.length > 0 ? ` after ${after.join(" ")}` : ""}`
  );
}

/** An action with its operands, such as `create X 2+1` (one more than the two that there are). */
export function printAction(action: Action): string {
  switch (action.kind) {
    case "build":
    case "pull":
      return `${action.kind} ${action.services.join(" ")}`;
    case "create":
      return `create ${printCreations(action.services)}`;
    case "recreate":
      return [`recreate ${action.service}`, printCreations(action.beside)].filter((x) => x)
        .join(" beside ");
    case "verify":
      return `verify ${action.service}`;
    case "remove":
      return `${action.discard ? "discard" : "remove"} ${refName(action.container)}`;
    case "hook": {
      const refs = [action.new, action.old].flatMap((ref) => ref ? [refName(ref)] : []);
      return [`${action.moment} of ${action.hook.module}`, ...refs].join(" ");
    }
    case "pause":
      return `${action.purpose} ${action.ms} ms`;
    case "exec":
      return `${action.purpose} in ${refName(action.container)}`;
    case "carry":
      return `carry ${refName(action.from)} ${refName(action.to)}`;
    case "gate":
    case "inject":
    case "hide":
    case "reveal":
    case "start":
    case "ready":
    case "stop":
      return `${action.kind} ${refName(action.container)}`;
  }
  return action satisfies never;
}

function printCreations(creations: Creation[]): string {
  return creations.map((x) => `${x.service} ${x.existing}+${x.missing}`).join(" ");
}
