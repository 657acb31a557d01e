import { isServing, isUp } from "./diff.ts";
import { hasLateHooks, hookActions } from "./hook_steps.ts";
import type { Moment } from "./hooks.ts";
import type {
  Action,
  Attachment,
  ContainerRef,
  DesiredService,
  ExecPurpose,
  ExecSpec,
  NewReplica,
  Order,
  Replica,
  ServiceChange,
  Step,
  SwapRole,
} from "./model.ts";
import { before, gateBefore, newBefore, refOf, refTo, runsAlready } from "./refs.ts";

/**
 * Replacements of old replicas by new ones, as many at a time as the policy says.
 *
 * @param keepsOld Whether stopped containers stay for a rollback.
 */
export function swapSteps(change: ServiceChange, after: string[], keepsOld: boolean): Step[] {
  const swaps = change.swaps.map((_, i) => new Swap(change, i, keepsOld));
  return swaps.flatMap((swap, i) => {
    const lay = swap.order === "start-first" ? startFirst : stopFirst;
    return lay(swap, turn(swaps, i, change, after));
  });
}

/** What a swap has to wait for. */
interface Turn {
  /** Steps before the swap may begin, such as the delay after the one before it. */
  after: string[];
  steps: Step[];
}

/** Each swap follows the one that is `parallelism` before it. */
function turn(swaps: Swap[], i: number, change: ServiceChange, after: string[]): Turn {
  const { parallelism, delayMs, order } = change.desired!.update;
  const previous = parallelism > 0 ? swaps[i - parallelism] : undefined;
  if (!previous) return { after, steps: [] };
  if (delayMs > 0) {
    const delay = swaps[i].delay(delayMs, [previous.id("end")]);
    return { after: [delay.id], steps: [delay] };
  }
  // Hooks need not be ready for two swaps of a service that overlap, and addresses would mix up.
  if (order === "stop-first" || hasLateHooks(change.desired!) || hidesNew(change)) {
    return { after: [previous.id("end")], steps: [] };
  }
  // An old one may still be ending while the next new one starts, but no more than that.
  const earlier = swaps[i - 2 * parallelism];
  return { after: [previous.id("passed"), ...(earlier ? [earlier.id("end")] : [])], steps: [] };
}

/** New one up and ready, then the old one goes. */
function startFirst(swap: Swap, { after, steps }: Turn): Step[] {
  const before = swap.call("preSwap", after);
  const up = swap.bringUp(endOf(before, after));
  const settled = swap.settle([swap.id("passed")]);
  const down = swap.takeDown(settled.length > 0 ? [settled[0].id] : [swap.id("passed")]);
  const remove = swap.remove([swap.id("stop")]);
  return [...steps, ...before, ...up, ...settled, ...down, ...remove, ...swap.conclude()];
}

/** Old one down, new one up; the old one is removed only when the new one is ready. */
function stopFirst(swap: Swap, { after, steps }: Turn): Step[] {
  const before = swap.call("preSwap", after);
  const down = swap.takeDown(endOf(before, after));
  const carry = swap.carry([swap.id("stop")]);
  const up = swap.bringUp(endOf(carry, [swap.id("stop")]));
  const remove = swap.remove([swap.id("passed")]);
  return [...steps, ...before, ...down, ...carry, ...up, ...remove, ...swap.conclude()];
}

/** What comes after these steps, or where there are none, after what they were to come after. */
const endOf = (steps: Step[], after: string[]): string[] =>
  steps.length > 0 ? [steps.at(-1)!.id] : after;

/** All at once, as there is nothing to protect, but for addresses that must not be mixed up. */
export function addSteps(change: ServiceChange, given: string[]): Step[] {
  let after = given;
  return change.adds.flatMap((fresh) => {
    const steps = addOne(change, fresh, after);
    if (hidesNew(change)) after = [steps.at(-1)!.id];
    return steps;
  });
}

function addOne(change: ServiceChange, fresh: NewReplica, after: string[]): Step[] {
  const container = refOf(fresh);
  const id = `${change.service}/add-${container.number}`;
  const role: SwapRole = { swap: id, role: "new", before: newBefore(fresh) };
  const { hooks } = change.desired!;
  const preSwap = hookActions("preSwap", hooks, { service: change.service, new: container });
  const before = chain(id, preSwap, change.cause, after, role);
  const up = bringUp(change, id, fresh, role, true, endOf(before, after));
  return [...before, ...up, ...conclude(change, id, { new: container }, role, endOf(up, after))];
}

/** Replicas that go without replacement. */
export function removeSteps(change: ServiceChange, after: string[], keepsOld: boolean): Step[] {
  return oneByOneHidden(change.removals.map((replica) => {
    const id = `${change.service}/remove-${replica.number}`;
    const role: SwapRole = { swap: id, role: "old", before: before(replica) };
    const down = takeDown(change, id, replica, role, after);
    const remove = removal(`${id}/remove`, replica, change.cause, [`${id}/stop`], role);
    const steps = keepsOld ? down : [...down, remove];
    return [
      ...steps,
      ...conclude(change, id, { old: refTo(replica) }, role, endOf(steps, after)),
    ];
  }));
}

/**
 * Containers that leave a network at once may get each other's addresses as they come back, and
 * where one has ended, its address is free for the next. So each is hidden after the one before it,
 * and none ends before all are.
 */
function oneByOneHidden(replicas: Step[][]): Step[] {
  const hidden: Step[] = [];
  const others: Step[][] = [];
  for (const steps of replicas) {
    const count = steps.findIndex(({ action }) => action.kind === "hide") + 1;
    const until = steps.slice(0, count);
    const hide = until.pop();
    const before = hidden.at(-1);
    hidden.push(...until);
    if (hide) hidden.push(before ? { ...hide, after: [...hide.after, before.id] } : hide);
    others.push(steps.slice(count));
  }
  const last = hidden.at(-1);
  if (!last) return others.flat();
  return [
    ...hidden,
    ...others.flatMap(([first, ...rest]) => [{ ...first, after: [last.id] }, ...rest]),
  ];
}

/** Removes what was kept for a rollback, once there is none to come. */
export function sweepSteps(change: ServiceChange, after: string[]): Step[] {
  const cause = "was kept for a rollback until here";
  const swaps = change.swaps.map(({ old }, i) => ({ old, id: `${change.service}/swap-${i + 1}` }));
  const removals = change.removals
    .map((old) => ({ old, id: `${change.service}/remove-${old.number}` }));
  return [...swaps, ...removals].map(({ old, id }) => {
    const role: SwapRole = { swap: id, role: "old", before: before(old) };
    return { ...removal(`${id}/remove`, old, cause, after, role), isSweep: true };
  });
}

/** Names and makes the steps of one replacement. */
class Swap {
  private readonly name: string;
  private readonly old: Replica;
  private readonly newRole: SwapRole;
  private readonly oldRole: SwapRole;

  constructor(
    private readonly change: ServiceChange,
    private readonly index: number,
    private readonly keepsOld: boolean,
  ) {
    const { old, new: fresh, wasStopped } = change.swaps[index];
    this.name = `${change.service}/swap-${index + 1}`;
    this.old = old;
    this.newRole = { swap: this.name, role: "new", before: newBefore(fresh) };
    this.oldRole = { swap: this.name, role: "old", before: wasStopped ? "stopped" : before(old) };
  }

  /**
   * Where both run already, or neither has to make room, the files' order does not matter: what
   * serves stays until its successor has passed, and what was stopped comes back if it has not.
   */
  get order(): Order {
    const { new: fresh, wasStopped } = this.change.swaps[this.index];
    if (wasStopped) return "stop-first";
    return runsAlready(fresh) ? "start-first" : this.change.desired!.update.order;
  }

  /** Ids of the steps that others come after. */
  id(point: "passed" | "stop" | "gone" | "end"): string {
    switch (point) {
      case "passed":
        return passedId(this.name, this.change, this.change.swaps[this.index].new);
      case "stop":
        return `${this.name}/stop`;
      case "end":
        return endOf(this.conclude(), [this.id("gone")])[0];
      case "gone":
        if (!this.keepsOld) return `${this.name}/remove`;
        return this.id(this.order === "start-first" ? "stop" : "passed");
    }
  }

  bringUp(after: string[]): Step[] {
    const { new: fresh } = this.change.swaps[this.index];
    // What replaces a running replica must run, even where a job may end.
    const mayComplete = !isUp(this.old);
    const { old } = this.containers;
    return bringUp(this.change, this.name, fresh, this.newRole, mayComplete, after, old);
  }

  /** Hands on what Compose's own replacement would, while neither container runs. */
  carry(after: string[]): Step[] {
    if (!this.change.swaps[this.index].carriesVolumes) return [];
    const { old: from, new: to } = this.containers;
    const action: Action = { kind: "carry", from, to };
    return chain(this.name, [["carry", action]], this.change.cause, after, this.newRole);
  }

  takeDown(after: string[]): Step[] {
    return takeDown(this.change, this.name, this.old, this.oldRole, after, this.containers.new);
  }

  /** Calls of hooks that the new replica depends on. */
  call(moment: Moment, after: string[]): Step[] {
    const { service, cause, desired } = this.change;
    const actions = hookActions(moment, desired!.hooks, { service, ...this.containers });
    return chain(this.name, actions, cause, after, this.newRole);
  }

  /** Calls of hooks when all is over. */
  conclude(): Step[] {
    return conclude(this.change, this.name, this.containers, this.newRole, [this.id("gone")]);
  }

  private get containers(): { old: ContainerRef; new: ContainerRef } {
    return { old: refTo(this.old), new: refOf(this.change.swaps[this.index].new) };
  }

  settle(after: string[]): Step[] {
    const { settleMs } = this.change.desired!.drain;
    return isUp(this.old)
      ? pause(this.change, `${this.name}/settle`, "settle", settleMs, after, this.oldRole)
      : [];
  }

  remove(after: string[]): Step[] {
    if (this.keepsOld) return [];
    return [removal(`${this.name}/remove`, this.old, this.change.cause, after, this.oldRole)];
  }

  /** Belongs to no swap: giving it up leaves nothing to put back. */
  delay(ms: number, after: string[]): Step {
    return pause(this.change, `${this.name}/delay`, "delay", ms, after)[0];
  }
}

/** Start, lifecycle commands, readiness and gates of a new replica; names when it has passed. */
function bringUp(
  change: ServiceChange,
  id: string,
  fresh: NewReplica,
  swap: SwapRole,
  mayComplete: boolean,
  after: string[],
  old?: ContainerRef,
): Step[] {
  const { service, cause, desired } = change;
  const { postStart, gates, networks = [] } = desired!;
  const container = refOf(fresh);
  const gate = gateBefore(desired!, mayComplete);
  const actions: [string, Action][] = [
    ...(isToBeHidden(change, fresh)
      ? [["hide", { kind: "hide", container, networks, until: "ready" }] as [string, Action]]
      : []),
    ["start", { kind: "start", container }],
    ...execs("post_start", postStart, container, true),
    ["ready", { kind: "ready", container, gate }],
    ...gates.map((spec, i): [string, Action] => [
      `gate-${i + 1}`,
      { kind: "gate", container, spec },
    ]),
    ...hookActions("healthGate", gateHooks(desired!), { service, old, new: container }),
    ...(isRevealed(change, fresh)
      ? [["reveal", { kind: "reveal", container, networks }] as [string, Action]]
      : []),
  ];
  return chain(id, actions, cause, after, swap);
}

const isHidden = (fresh: NewReplica): boolean =>
  fresh.kind === "existing" && fresh.replica.isHidden === true;

/** Whether new replicas are hidden until they are ready; where nothing serves, nobody minds. */
const hidesNew = ({ desired, keeps, swaps, removals }: ServiceChange): boolean =>
  desired?.drain.dns === true &&
  [...keeps, ...swaps.map(({ old }) => old), ...removals].some(isServing);

/** One that runs already may be answering by its names. */
const isToBeHidden = (change: ServiceChange, fresh: NewReplica): boolean =>
  hidesNew(change) && !isHidden(fresh) && !runsAlready(fresh);

/** One that a deploy left hidden gets its names whatever the files say by now. */
const isRevealed = (change: ServiceChange, fresh: NewReplica): boolean =>
  isToBeHidden(change, fresh) || isHidden(fresh);

/** A job has ended when it would be asked. */
const gateHooks = ({ isJob, hooks }: DesiredService) => isJob ? [] : hooks;

/** The step that a new replica has passed when it may take over. */
function passedId(id: string, change: ServiceChange, fresh: NewReplica): string {
  const { gates } = change.desired!;
  if (isRevealed(change, fresh)) return `${id}/reveal`;
  const calls = hookActions("healthGate", gateHooks(change.desired!));
  if (calls.length > 0) return `${id}/${calls.at(-1)![0]}`;
  return gates.length > 0 ? `${id}/gate-${gates.length}` : `${id}/ready`;
}

/** Calls of hooks for what has come to its end, which leaves nothing to put back. */
function conclude(
  { service, cause, desired }: ServiceChange,
  id: string,
  containers: { old?: ContainerRef; new?: ContainerRef },
  { swap, before }: SwapRole,
  after: string[],
): Step[] {
  const actions = hookActions("postSwap", desired?.hooks, { service, ...containers });
  return chain(id, actions, cause, after, { swap, role: "after", before });
}

/** Drain and stop of an old replica; one that does not run needs no drain. */
function takeDown(
  change: ServiceChange,
  id: string,
  old: Replica,
  swap: SwapRole,
  after: string[],
  replacement?: ContainerRef,
): Step[] {
  const container = refTo(old);
  const networks = old.isHidden ? [] : old.networks;
  const farewell = isUp(old) ? farewells(change, container, networks, replacement) : [];
  const stop: [string, Action] = ["stop", { kind: "stop", container }];
  return chain(id, [...farewell, stop], change.cause, after, swap);
}

/** What is done before a replica that serves is stopped, by the names of the steps. */
export function farewells(
  { service, desired }: ServiceChange,
  container: ContainerRef,
  networks: Attachment[] = [],
  replacement?: ContainerRef,
): [string, Action][] {
  if (!desired) return [];
  const { mark, waitMs, dns } = desired.drain;
  return [
    ...hookActions("beforeStop", desired.hooks, { service, old: container, new: replacement }),
    ...execs("pre_stop", desired.preStop, container, false),
    ...execs("mark", mark ? [{ command: mark }] : [], container, false),
    ...(dns && networks.length > 0
      ? [["hide-old", { kind: "hide", container, networks, until: "stop" }] as [string, Action]]
      : []),
    ...(waitMs > 0
      ? [["drain", { kind: "pause", purpose: "drain", service, ms: waitMs }] as [string, Action]]
      : []),
  ];
}

/** Commands in a container, by the names of the steps. */
export function execs(
  purpose: ExecPurpose,
  specs: ExecSpec[],
  container: ContainerRef,
  isBinding: boolean,
): [string, Action][] {
  return specs.map((exec, i) => [
    `${purpose}-${i + 1}`,
    { kind: "exec", container, purpose, exec, isBinding },
  ]);
}

/** Steps one after another. */
function chain(
  id: string,
  actions: [string, Action][],
  cause: string,
  after: string[],
  swap: SwapRole,
): Step[] {
  return actions.map(([name, action], i) => ({
    id: `${id}/${name}`,
    action,
    cause,
    after: i === 0 ? after : [`${id}/${actions[i - 1][0]}`],
    swap,
  }));
}

function pause(
  { cause, service }: ServiceChange,
  id: string,
  purpose: "settle" | "drain" | "delay",
  ms: number,
  after: string[],
  swap?: SwapRole,
): Step[] {
  if (ms <= 0) return [];
  const step: Step = { id, action: { kind: "pause", purpose, service, ms }, cause, after };
  return [swap ? { ...step, swap } : step];
}

function removal(
  id: string,
  old: Replica,
  cause: string,
  after: string[],
  swap: SwapRole,
): Step {
  const { volumeIds } = old;
  const action: Action = {
    kind: "remove",
    container: refTo(old),
    discard: false,
    ...(volumeIds ? { volumeIds } : {}),
  };
  return { id, action, cause, after, swap };
}
