import type { Probe, ProbeResult } from "../plan/gates.ts";
import type { Creation, ExecSpec } from "../plan/model.ts";
import type { Hook, HookAnswer, Moment } from "../plan/hooks.ts";
import type { ContainerNetworks, Replug } from "../plan/networks.ts";
import type { ContainerState } from "../plan/readiness.ts";
import type { ServiceOutcome } from "../plan/summarize.ts";
import type { DeployEvent, Outcome } from "./events.ts";

/** A container that `create` made. */
export interface CreatedContainer {
  id: string;
  name: string;
  /** Compose's number of it, in the order of which new replicas are counted. */
  number: number;
  service: string;
}

/** What the interpreter needs of a container engine and Compose; each call is one of theirs. */
export interface Engine {
  build(services: string[]): Promise<void>;
  pull(services: string[]): Promise<void>;
  /** Creates all that is missing or, if it fails, nothing; networks and volumes come with it. */
  create(creations: Creation[]): Promise<CreatedContainer[]>;
  /** Puts those configs and secrets into a container that only Compose's own start would. */
  inject(id: string, service: string): Promise<void>;
  /**
   * Copies what is in volumes without a name from one container that does not run to another, and
   * says where. Once the first is removed, they go with it.
   */
  carry(from: string, to: string): Promise<string[]>;
  /** How a container is in its networks, and what else is in them. */
  networksOf(id: string): Promise<ContainerNetworks>;
  /** Connects a container to a network anew. */
  replug(id: string, replug: Replug): Promise<void>;
  start(id: string): Promise<void>;
  /** Resolves when the container has ended; one that has already is no error. */
  stop(id: string): Promise<void>;
  /** One that is gone already is no error. @returns ids of volumes without a name that went with it. */
  remove(id: string, options: { discard: boolean }): Promise<string[]>;
  /** Runs a command in a container; rejects if that fails, or when `signal` aborts. */
  exec(id: string, exec: ExecSpec, signal: AbortSignal): Promise<void>;
  /** Tries a gate once, or as often as `patience` allows; rejects if the container has ended. */
  probe(
    id: string,
    probe: Probe,
    signal: AbortSignal,
    patience: Patience,
  ): Promise<ProbeResult>;
  /** Lets Compose replace a service's container in its own way, with others named beside. */
  recreate(service: string, beside: Creation[]): Promise<void>;
  /** Ids of a service's containers that are there now. */
  containersOf(service: string): Promise<string[]>;
  inspect(id: string): Promise<ContainerState>;
  /** Last lines of output, oldest first; of the failed healthcheck, too. */
  lastLines(id: string, count: number): Promise<string[]>;
  /** Resolves at the container's next event, or when `signal` aborts. */
  nextChange(id: string, signal: AbortSignal): Promise<void>;
}

/** What a hook is told. */
export interface HookFacts {
  moment: Moment;
  cause: string;
  /** The step that the call is, in words, too. */
  step: { id: string; text: string };
  service?: string;
  old?: HookReplica;
  new?: HookReplica;
  /** Only when all is over. */
  outcome?: Outcome;
  services?: ServiceOutcome[];
}

/** A replica that a hook is told of. */
export interface HookReplica {
  id: string;
  number: number;
}

/** What calls the user's hooks. */
export interface Hooks {
  /**
   * Calls a hook once. Rejects with a KerekError if it fails or takes too long, and with the
   * signal's reason if that aborts.
   */
  call(hook: Hook, facts: HookFacts, signal: AbortSignal): Promise<HookAnswer>;
}

/** How long a gate may be tried, and whether again at once, where that is cheaper than another call. */
export interface Patience {
  /** How long it may go on, in milliseconds. */
  forMs: number;
  /** Pause between two tries, in milliseconds; absent: one is to be made. */
  everyMs?: number;
}

/** Time, so that tests can run it ahead. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Resolves after `ms`, or when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** All that an execution acts through. */
export interface Ports {
  engine: Engine;
  /** Absent where a plan has no hooks. */
  hooks?: Hooks;
  clock: Clock;
  /** Takes what happens; must not throw. */
  emit(event: DeployEvent): void;
  /** Aborts when the user asks to stop. */
  signal: AbortSignal;
  /** Leave new containers that failed, stopped, for inspection. */
  noRollback?: boolean;
  /** Most steps at a time; absent: as many as the plan allows. */
  parallel?: number;
}
