import { probeName } from "./gates.ts";
import type { Action, ContainerRef } from "./model.ts";

/** A phrase in its parts, so that one wording serves plans, progress and errors alike. */
export interface Phrase {
  /** Infinitive, such as `start`. */
  verb: string;
  /** What it is done to, such as `web-4`. */
  object: string;
  /** What to say when it failed, where that is not that it cannot be done. */
  failure?: string;
}

/** What an action does, in words: `start web-4`, `create 3 replicas of web`. */
export function describe(action: Action): Phrase {
  switch (action.kind) {
    case "build":
      return { verb: "build", object: `images of ${action.services.join(", ")}` };
    case "pull":
      return { verb: "pull", object: `images of ${action.services.join(", ")}` };
    case "create":
      return { verb: "create", object: creations(action.services) };
    case "inject":
      return { verb: "put", object: `configs and secrets into ${refName(action.container)}` };
    case "carry": {
      const [from, to] = [refName(action.from), refName(action.to)];
      return { verb: "copy", object: `volumes without a name from ${from} to ${to}` };
    }
    case "hide": {
      const [name, until] = [refName(action.container), hidingReasons[action.until]];
      return { verb: "hide", object: `${name} from DNS ${until}` };
    }
    case "reveal":
      return { verb: "reveal", object: `${refName(action.container)} in DNS` };
    case "start":
      return { verb: "start", object: refName(action.container) };
    case "ready": {
      const name = refName(action.container);
      return { verb: "wait", object: `until ${name} is ready`, failure: `${name} is not ready` };
    }
    case "gate": {
      const [gate, name] = [probeName(action.spec.probe), refName(action.container)];
      return { verb: "pass", object: `${gate} with ${name}`, failure: `${name} is refused` };
    }
    case "exec":
      return { verb: "run", object: `${action.purpose} in ${refName(action.container)}` };
    case "hook":
      return describeHook(action);
    case "pause":
      return { verb: "pause", object: `${action.ms / 1000} s ${pauseReasons[action.purpose]}` };
    case "stop":
      return { verb: "stop", object: refName(action.container) };
    case "remove":
      return { verb: "remove", object: refName(action.container) };
    case "recreate":
      return { verb: "recreate", object: `${action.service} by Compose's own means` };
    case "verify":
      return {
        verb: "wait",
        object: `until ${action.service} is running or healthy`,
        failure: `${action.service} is not running or healthy`,
      };
  }
  return action satisfies never;
}

function describeHook(action: Extract<Action, { kind: "hook" }>): Phrase {
  const call = `${action.moment} of ${action.hook.module}`;
  const subject = action.moment === "beforeStop" ? action.old : action.new ?? action.old;
  if (!subject) return { verb: "run", object: call };
  const name = refName(subject);
  const failure = action.moment === "healthGate" ? `${name} is refused` : undefined;
  return { verb: "run", object: `${call} for ${name}`, failure };
}

const hidingReasons = { ready: "until it is ready", stop: "before it stops" };

const pauseReasons = {
  settle: "for proxies to learn of the replica that is up",
  drain: "for proxies to leave the replica that goes",
  delay: "before the next replica",
};

/** A container's short name: its service and Compose's number of it. */
export function refName(ref: Pick<ContainerRef, "service" | "number">): string {
  return `${ref.service}-${ref.number}`;
}

/** `start web-4`. */
export const phrase = ({ verb, object }: Phrase): string => `${verb} ${object}`;

/** `Would start web-4`, for a dry run. */
export const wouldDo = ({ verb, object }: Phrase): string => `Would ${verb} ${object}`;

/** `Starting web-4`, while it happens. */
export const doing = ({ verb, object }: Phrase): string => `${capital(gerund(verb))} ${object}`;

/** `Started web-4`, when it is done. */
export const done = ({ verb, object }: Phrase): string => `${capital(past(verb))} ${object}`;

/** `Cannot start web-4: …`, when it failed. */
export const cannot = ({ verb, object, failure }: Phrase, reason: string): string =>
  `${failure ?? `Cannot ${verb} ${object}`}: ${reason}`;

const irregular: Record<string, [gerund: string, past: string]> = {
  build: ["building", "built"],
  copy: ["copying", "copied"],
  create: ["creating", "created"],
  hide: ["hiding", "hid"],
  pause: ["pausing", "paused"],
  put: ["putting", "put"],
  recreate: ["recreating", "recreated"],
  remove: ["removing", "removed"],
  run: ["running", "ran"],
  stop: ["stopping", "stopped"],
  wait: ["waiting", "waited"],
};

const gerund = (verb: string): string => irregular[verb]?.[0] ?? `${verb}ing`;
const past = (verb: string): string => irregular[verb]?.[1] ?? `${verb}ed`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function creations(services: { service: string; missing: number }[]): string {
  const growing = services.filter(({ missing }) => missing > 0);
  if (growing.length === 0) return "networks and volumes";
  return growing.map(({ service, missing }) =>
    `${missing} ${missing === 1 ? "replica" : "replicas"} of ${service}`
  ).join(", ");
}
