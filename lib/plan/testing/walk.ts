import { isServing, isUp } from "../diff.ts";
import type {
  Action,
  ContainerRef,
  Creation,
  DesiredService,
  Plan,
  Replica,
  Step,
} from "../model.ts";
import { composeNumbers } from "../numbers.ts";

/** Containers by id; {@linkcode take} changes them. */
export type World = Map<string, Inhabitant>;

/** A container of a world. */
export interface Inhabitant extends Replica {
  /** Whether it was told to end, which nobody knows, and does so unless it is stopped before. */
  isEnding?: boolean;
}

/** A world of copies, so that the given containers stay as they are. */
export function worldOf(replicas: Replica[]): World {
  return new Map(replicas.map((replica) => [replica.id, { ...replica }]));
}

/** What a step's success makes of the world. */
export function take(world: World, action: Action, services: DesiredService[]): void {
  switch (action.kind) {
    case "create":
      for (const creation of action.services) create(world, creation, services);
      return;
    case "start":
      // Starting one that runs does nothing.
      if (isRunning(world.get(refId(action.container)))) return;
      return set(world, action.container, { status: "running", health: "starting" });
    case "ready":
      return set(world, action.container, { status: "running", health: "healthy" });
    case "hide":
      return set(world, action.container, { isHidden: true });
    case "reveal":
      return set(world, action.container, { isHidden: undefined });
    case "stop":
      return set(world, action.container, {
        status: "exited",
        health: undefined,
        isEnding: undefined,
      });
    case "remove":
      world.delete(refId(action.container));
      return;
    case "recreate":
      return recreate(world, services.find((service) => service.name === action.service)!);
    case "build":
    case "pull":
    case "inject":
    case "carry":
    case "gate":
    case "exec":
    case "hook":
    case "pause":
    case "verify":
      return;
  }
  action satisfies never;
}

const isRunning = (replica?: Inhabitant): boolean =>
  replica?.isEnding === true || replica?.status === "running";

/** The id that a container has in the world; new ones are numbered in the order of creation. */
export function refId(ref: ContainerRef): string {
  return ref.kind === "known" ? ref.id : newId(ref.service, ref.index);
}

const newId = (service: string, index: number) => `${service}-new-${index}`;

function create(
  world: World,
  { service, existing, missing, numbers }: Creation,
  services: DesiredService[],
): void {
  const own = [...world.values()].filter((replica) => replica.service === service);
  if (own.length !== existing) {
    throw new Error(`${service} has ${own.length} containers instead of ${existing}`);
  }
  const given = composeNumbers(own, missing);
  const { revision } = services.find(({ name }) => name === service)!;
  for (let index = 0; index < missing; index++) {
    const composeNumber = given[index];
    const number = numbers?.[index] ?? composeNumber;
    const id = newId(service, index);
    world.set(id, { id, name: id, number, composeNumber, service, revision, status: "created" });
  }
}

function recreate(world: World, { name: service, revision }: DesiredService): void {
  const [old] = [...world.values()].filter((replica) => replica.service === service);
  world.delete(old.id);
  const id = newId(service, 0);
  world.set(id, { ...old, id, revision, status: "running", health: "healthy" });
}

function set(world: World, ref: ContainerRef, state: Partial<Inhabitant>): void {
  const replica = world.get(refId(ref));
  if (!replica) throw new Error(`there is no ${refId(ref)}`);
  Object.assign(replica, state);
}

/** How many of a service's containers serve, and how many run. */
export function count(world: World, service: string): { serving: number; running: number } {
  let [serving, running] = [0, 0];
  for (const replica of world.values()) {
    if (replica.service !== service) continue;
    if (isServing(replica) && !replica.isEnding) serving++;
    if (isUp(replica)) running++;
  }
  return { serving, running };
}

/** Picks one of `n`. */
export type Choice = (n: number) => number;

/** Always the first: the order in which the plan lists its steps. */
export const first: Choice = () => 0;
/** Always the last: whatever was made possible latest goes first. */
export const last: Choice = (n) => n - 1;

/** A pick that looks random and is the same every time. */
export function scattered(seed: number): Choice {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * n);
  };
}

/** The steps in one of the orders that their `after` allows, up to where none can go on. */
export function inSomeOrder(steps: Step[], pick: Choice): Step[] {
  const blockers = new Map(steps.map((step) => [step, new Set(step.after).size]));
  const followers = new Map<string, Step[]>();
  for (const step of steps) {
    for (const id of new Set(step.after)) followers.set(id, [...followers.get(id) ?? [], step]);
  }
  const free = steps.filter((step) => step.after.length === 0);
  const order: Step[] = [];
  while (free.length > 0) {
    const [step] = free.splice(pick(free.length), 1);
    order.push(step);
    for (const follower of followers.get(step.id) ?? []) {
      blockers.set(follower, blockers.get(follower)! - 1);
      if (blockers.get(follower) === 0) free.push(follower);
    }
  }
  return order;
}

/** What is wrong with the plan's graph; empty if nothing is. */
export function graphErrors({ steps }: Plan): string[] {
  const seen = new Set<string>();
  return steps.flatMap(({ id, after }) => {
    const errors = after.filter((x) => !seen.has(x)).map((x) => `${id} comes before ${x}`);
    if (seen.has(id)) errors.push(`${id} is there twice`);
    seen.add(id);
    return errors;
  });
}
