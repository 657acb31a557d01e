import type { DeployEvent } from "../../execute/events.ts";
import { refName } from "../../plan/describe.ts";
import { isServing, isUp } from "../../plan/diff.ts";
import type { Action, NewReplica, Plan, Replica, ServiceChange, Step } from "../../plan/model.ts";
import { become, end, type Lifetime, type State, stateOf } from "./lifetime.ts";

/** The containers that a deploy is about, by service, in the order of the plan. */
export interface Lifetimes {
  project: string;
  services: { service: string; cause: string; replicas: Lifetime[] }[];
  /** Name of the container with a part in a swap, by {@linkcode partKey}. */
  parts: Record<string, string>;
  /** Id of the last step that a new container has to pass, by its name. */
  passes: Record<string, string>;
}

/** Before there is a plan. */
export const noLifetimes: Lifetimes = { project: "", services: [], parts: {}, passes: {} };

/** Goes on by one event. */
export function live(before: Lifetimes, event: DeployEvent): Lifetimes {
  switch (event.type) {
    case "planned":
      return event.dryRun ? before : begin(before, event.plan, event.at);
    case "step-started":
      return during(before, event.step, event.at);
    case "step-done":
      return after(before, event.step, event.at, event.phase === "recovery");
    case "step-failed":
      return failed(before, event.step, event.at);
    default:
      return before;
  }
}

/** A second plan comes when images are there; what it is about goes on. */
function begin({ services: earlier }: Lifetimes, plan: Plan, at: number): Lifetimes {
  const known = new Map(
    earlier.flatMap(({ replicas }) => replicas).map((life) => [life.name, life]),
  );
  const services = plan.changes.map((change) => ({
    service: change.service,
    cause: change.cause,
    replicas: replicasOf(change, at).map((life) => {
      const spans = known.get(life.name)?.spans ?? [];
      return spans.length > 0 ? { ...life, spans } : life;
    }),
  }));
  const steps = plan.steps.filter(({ swap }) => swap !== undefined);
  const parts = steps.flatMap(({ action, swap }) =>
    "container" in action ? [[partKey(swap!), refName(action.container)]] : []
  );
  const passes = steps.flatMap(({ id, action, swap }) => {
    const name = isTrial(action) && swap!.role === "new" ? subject(action) : undefined;
    return name ? [[name, id]] : [];
  });
  return {
    project: plan.project,
    services,
    parts: Object.fromEntries(parts),
    passes: Object.fromEntries(passes),
  };
}

function replicasOf({ swaps, adds, removals, keeps }: ServiceChange, at: number): Lifetime[] {
  return [
    ...swaps.flatMap((swap) => [given(swap.old, "old", at), coming(swap.new, at)]),
    ...adds.map((fresh) => coming(fresh, at)),
    ...removals.map((replica) => given(replica, "old", at)),
    ...keeps.map((replica) => given(replica, "kept", at)),
  ];
}

function given(replica: Replica, part: Lifetime["part"], from: number): Lifetime {
  const state: State = isServing(replica)
    ? "serving"
    : isUp(replica)
    ? "starting"
    : replica.status === "created"
    ? "created"
    : "stopped";
  const { service } = replica;
  const spans = [{ state, from }];
  return { name: refName(replica), service, part, wasThere: true, spans, failedAt: [] };
}

function coming(fresh: NewReplica, at: number): Lifetime {
  if (fresh.kind === "existing") return given(fresh.replica, "new", at);
  return {
    name: refName(fresh),
    service: fresh.service,
    part: "new",
    wasThere: false,
    spans: [],
    failedAt: [],
  };
}

function during(all: Lifetimes, { action, swap }: Step, at: number): Lifetimes {
  const state = stateDuring(action);
  if (action.kind === "recreate") {
    return change(all, isOf(action.service, "old"), (life) => become(life, "stopping", at));
  }
  const name = subject(action) ?? (swap && all.parts[partKey(swap)]);
  if (!state || !name) return all;
  return change(all, ({ name: own }) => own === name, (life) => {
    // What never ran has nothing to stop.
    const isIdle = ["created", "stopped", undefined].includes(stateOf(life));
    return isIdle && state !== "starting" ? life : become(life, state, at);
  });
}

function stateDuring(action: Action): State | undefined {
  switch (action.kind) {
    case "start":
      return "starting";
    case "gate":
      return "checking";
    case "hook":
      if (action.moment === "healthGate") return "checking";
      return action.moment === "beforeStop" ? "draining" : undefined;
    case "exec":
      return action.purpose === "post_start" ? undefined : "draining";
    case "pause":
      return action.purpose === "delay" ? undefined : "draining";
    case "stop":
    case "remove":
      return "stopping";
    default:
      return undefined;
  }
}

function after(all: Lifetimes, { id, action }: Step, at: number, isWayBack: boolean): Lifetimes {
  switch (action.kind) {
    case "create": {
      const services = new Set(action.services.map(({ service }) => service));
      const isFresh = ({ service, part, spans }: Lifetime) =>
        part === "new" && spans.length === 0 && services.has(service);
      return change(all, isFresh, (life) => become(life, "created", at));
    }
    case "recreate": {
      const gone = change(all, isOf(action.service, "old"), (life) => end(life, at));
      return change(gone, isOf(action.service, "new"), (life) => become(life, "starting", at));
    }
    case "verify":
      return change(
        all,
        (life) => life.service === action.service && stateOf(life) === "starting",
        (life) => become(life, "serving", at),
      );
    case "stop":
      return change(all, isNamed(action), (life) => become(life, "stopped", at));
    case "remove":
      return change(all, isNamed(action), (life) => end(life, at));
  }
  if (!isTrial(action)) return all;
  return change(all, isNamed(action), (life) => {
    const last = all.passes[life.name];
    const hasPassed = isWayBack || last === undefined || last === id;
    return become(life, hasPassed ? "serving" : "checking", at);
  });
}

function failed(all: Lifetimes, { action, swap }: Step, at: number): Lifetimes {
  const name = subject(action) ?? (swap && all.parts[partKey(swap)]);
  const isRefused = isTrial(action) || action.kind === "start" ||
    (action.kind === "exec" && action.purpose === "post_start");
  return change(all, (life) => life.name === name, (life) => {
    const marked = { ...life, failedAt: [...life.failedAt, at] };
    return isRefused ? become(marked, "failed", at) : marked;
  });
}

/** Whether a new container has to pass it. */
function isTrial(action: Action): boolean {
  return action.kind === "ready" || action.kind === "gate" ||
    (action.kind === "hook" && action.moment === "healthGate");
}

/** The container that an action is about; absent: none, or the one of its part in the swap. */
function subject(action: Action): string | undefined {
  if ("container" in action) return refName(action.container);
  if (action.kind !== "hook") return undefined;
  const ref = action.moment === "beforeStop" ? action.old : action.new;
  return ref && refName(ref);
}

const partKey = ({ swap, role }: { swap: string; role: string }): string => `${swap} ${role}`;

const isNamed = (action: Action) => ({ name }: Lifetime): boolean => name === subject(action);

const isOf = (service: string, part: Lifetime["part"]) => (life: Lifetime): boolean =>
  life.service === service && life.part === part;

function change(
  all: Lifetimes,
  isMeant: (life: Lifetime) => boolean,
  act: (life: Lifetime) => Lifetime,
): Lifetimes {
  const services = all.services.map((entry) =>
    entry.replicas.some(isMeant)
      ? { ...entry, replicas: entry.replicas.map((life) => isMeant(life) ? act(life) : life) }
      : entry
  );
  return { ...all, services };
}
