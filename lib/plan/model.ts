/**
 * The vocabulary of planning: what should be ({@linkcode DesiredService}), what is
 * ({@linkcode Replica}), what differs ({@linkcode ServiceChange}) and how it is brought about
 * ({@linkcode Plan}). Data only; nothing here reads or acts.
 */

import type { WarningName } from "./finding.ts";
import type { GateSpec } from "./gates.ts";
import type { Hook, Moment } from "./hooks.ts";
import type {
  EngineNeed,
  ExclusiveClaim,
  External,
  HeldPort,
  NetworkDefinition,
  PortRange,
  VolumeDefinition,
  WritableVolume,
} from "./resources.ts";

/** Which comes first when a replica is replaced (Compose Deploy Specification, `update_config.order`). */
export type Order = "start-first" | "stop-first";

/** A service as the Compose files want it. */
export interface DesiredService {
  /** Its name in the Compose files. */
  name: string;
  /** Compose's config hash; a replica of another revision is outdated. */
  revision: string;
  /** Wanted number of replicas, from `scale` or `deploy.replicas`. */
  replicas: number;
  /** Services that this one starts after, from `depends_on` and what Compose derives from other fields. */
  dependsOn: string[];
  /** Services with whose replacement its containers are to end, too (`depends_on`, `restart: true`). */
  restartsWith?: string[];
  /** Services whose containers are part of its own (`network_mode`, `ipc`, `pid`: `service:x`; `volumes_from`). */
  sharesWith: string[];
  /** The image that it runs, by name. */
  image: string;
  /** Whether a program of its own brings what it is (`provider`), instead of containers; absent: no. */
  isProvided?: boolean;
  /** What the image's name stands for now, if that counts and it is on the engine. */
  imageId?: string;
  /** Whether other contents of its configs and secrets make replicas outdated; absent: no. */
  watchesFiles?: boolean;
  /** Whether another image under its name makes replicas outdated; absent: no. */
  watchesImage?: boolean;
  /** Whether the files say how to build the image. */
  buildable: boolean;
  /** When Compose would pull the image, as the files say; absent: they do not. */
  pullPolicy?: string;
  /** A name that only one container can have, which is why Compose cannot scale the service. */
  containerName?: string;
  /** Where the files claim something that two running containers cannot both have. */
  exclusiveClaims: ExclusiveClaim[];
  /** Host ports of which each container gets one; absent: none. */
  portRanges?: PortRange[];
  /** Named volumes that it writes to; absent: none. */
  writableVolumes?: WritableVolume[];
  /** Warnings that are not to be given (`x-kerek.ignore-warnings`); absent: all are. */
  ignoredWarnings?: WarningName[];
  /** Interval of the healthcheck in the files, if they give one without a `start_interval`. */
  healthIntervalMs?: number;
  /** Newer engines that it asks for; absent: none. */
  engineNeeds?: EngineNeed[];
  /** Networks and volumes that it uses and that are not the project's own; absent: none. */
  externals?: External[];
  /** The project's own volumes that it uses; absent: none. */
  volumes?: VolumeDefinition[];
  /** The project's own networks that it uses, as far as the files define them; absent: not at all. */
  networkDefinitions?: NetworkDefinition[];
  /** Where the files mount something in it; absent: nowhere. */
  mountedAt?: string[];
  /** Where the files mount a volume without a name in it; absent: nowhere. */
  anonymousVolumes?: string[];
  /** Commands that Compose alone runs before the first replica starts (`pre_start`); absent: none. */
  hasPreStart?: boolean;
  /** Whether its containers are on the host's own network; absent: no. */
  onHostNetwork?: boolean;
  /** How replicas are replaced, and what happens when one fails. */
  update: UpdatePolicy;
  /** How replacements are taken back. */
  rollback: RollbackPolicy;
  /** What a new replica must pass after it is ready. */
  gates: GateSpec[];
  /** Modules of the user that are called around replacements; absent: none. */
  hooks?: Hook[];
  /** What happens to an old replica before it is told to stop. */
  drain: Drain;
  /** Networks of its own, where others find its containers by name; absent: none. */
  networks?: Attachment[];
  /** What of the files stands against taking its containers out of their networks, in words. */
  networkTies?: NetworkTie[];
  /** Commands in a container after its start (Compose Specification, `post_start`). */
  postStart: ExecSpec[];
  /** Commands in a container before its stop (Compose Specification, `pre_stop`). */
  preStop: ExecSpec[];
  /** Whether its end with exit code 0 is what others wait for (`service_completed_successfully`). */
  isJob: boolean;
  /** Whether the files give it a healthcheck (its image may, too). */
  hasHealthcheck: boolean;
  /** Whether they turn off that of its image; absent: no. */
  turnsHealthcheckOff?: boolean;
  /** Whether some of its files are put into a container by whoever starts it. */
  needsInjection: boolean;
}

/** `deploy.update_config` (Compose Deploy Specification), durations in milliseconds. */
export interface UpdatePolicy {
  /** Which comes first. */
  order: Order;
  /** How many replicas are replaced at a time; 0: all. */
  parallelism: number;
  /** Pause after a replacement and before the next. */
  delayMs: number;
  /** How long a new replica without a healthcheck must run to count as ready. */
  monitorMs: number;
  /** How long a new replica with a healthcheck must stay healthy to count as ready. */
  steadyMs: number;
  /** What a failed replacement leads to. */
  failureAction: FailureAction;
  /** Share of a service's replacements that may fail before `failureAction` stops or undoes all. */
  maxFailureRatio: number;
}

/** What a failed replacement leads to, once more than tolerated have failed. */
export type FailureAction = "pause" | "continue" | "rollback";

/** `deploy.rollback_config` (Compose Deploy Specification), durations in milliseconds. */
export interface RollbackPolicy {
  /** Which comes first. */
  order: Order;
  /** How many replacements are taken back at a time; 0: all. */
  parallelism: number;
  /** Pause after one and before the next. */
  delayMs: number;
  /** How long an old replica without a healthcheck must run to count as back. */
  monitorMs: number;
  /** How long an old replica with a healthcheck must stay healthy to count as back. */
  steadyMs: number;
}

/** What happens to an old replica between its replacement being ready and its being stopped. */
export interface Drain {
  /** Pause before it is touched, so that proxies learn of the new one, in milliseconds. */
  settleMs: number;
  /** Command in it that makes its healthcheck fail. */
  mark?: string[];
  /** Pause before it is stopped, so that proxies leave it, in milliseconds. */
  waitMs: number;
  /** Whether only a replica that is ready and not about to stop has the service's names. */
  dns?: boolean;
}

/** How a container is in a network. */
export interface Attachment {
  /** The network's name on the engine. */
  network: string;
  /** Names that others find it by, besides the container's own name and id. */
  aliases: string[];
  /** Options of the network's driver for it; absent: none. */
  driverOpts?: Record<string, string>;
  /** Addresses that are local to the link; absent: none. */
  linkLocalIps?: string[];
  /** Which network's gateway it goes by, the highest first; absent: the engine's default. */
  gwPriority?: number;
}

/** Why a container cannot leave a network and come back the same. */
export interface NetworkTie {
  /** Path in the Compose files, such as `services.web.ports`. */
  path: string;
  /** What is the matter, such as `its host port could be another one afterwards`. */
  reason: string;
}

/** A command to run in a container. */
export interface ExecSpec {
  /** Its words. */
  command: string[];
  /** User to run it as; absent: the container's. */
  user?: string;
  /** Whether it has extended privileges; absent: no. */
  privileged?: boolean;
  /** Folder to run it in; absent: the container's. */
  workingDir?: string;
  /** Variables besides the container's. */
  environment?: Record<string, string>;
}

/** A container's state as the engine names it. */
export type ContainerStatus =
  | "created"
  | "running"
  | "paused"
  | "restarting"
  | "removing"
  | "exited"
  | "dead";

/** A container of a service, as it is. */
export interface Replica {
  /** The engine's id of it. */
  id: string;
  /** Its name, without the slash in front. */
  name: string;
  /** The `N` of `project-service-N`. */
  number: number;
  /** Compose's own number of it, which cannot be changed; absent: the same. */
  composeNumber?: number;
  /** The service that it is of. */
  service: string;
  /** Config hash that it was created from. */
  revision: string;
  /** What it says its image is, by one way of telling or another; absent if it says nothing. */
  imageIds?: string[];
  /** What it does. */
  status: ContainerStatus;
  /** Absent without a healthcheck. */
  health?: "starting" | "healthy" | "unhealthy";
  /** A config or secret whose content has changed, as its path in it; absent: none is known to. */
  changedFile?: string;
  /** Whether it has ended with exit code 0; absent: no. */
  hasCompleted?: boolean;
  /** Its exit code; absent: it has not ended. */
  exitCode?: number;
  /** When it was created, in milliseconds of the engine's clock. */
  createdAt?: number;
  /** When it last started, by the same clock. */
  startedAt?: number;
  /** Host ports that it holds; absent where that is not known. */
  hostPorts?: HeldPort[];
  /** Where in it volumes without a name are mounted; absent if none is. */
  anonymousVolumes?: string[];
  /** What the engine calls these, in the same order; absent: not known. */
  volumeIds?: string[];
  /** How it is in its networks; absent if in none. */
  networks?: Attachment[];
  /** Whether it lacks the service's names that it was created with; absent: no. */
  isHidden?: boolean;
}

/**
 * A replica that a plan brings up: one that is there already and does not run, or has yet to prove
 * itself, or one to be created.
 */
export type NewReplica =
  | { kind: "existing"; replica: Replica }
  | { kind: "created"; service: string; index: number; number: number };

/** One old replica that is replaced by one new one. */
export interface SwapChange {
  /** The one that goes. */
  old: Replica;
  /** The one that comes. */
  new: NewReplica;
  /** Whether what the old one has in volumes without a name is handed on; absent: no. */
  carriesVolumes?: boolean;
  /** Whether the old one does not run because a deploy that was cut off stopped it; absent: no. */
  wasStopped?: boolean;
}

/** What differs for one service, and why. */
export interface ServiceChange {
  /** Name of the service. */
  service: string;
  /** Absent for containers whose service is gone from the files. */
  desired?: DesiredService;
  /** Why anything changes at all; empty if nothing does. */
  cause: string;
  /** Replicas that stay as they are. */
  keeps: Replica[];
  /** Replacements in order, each one old replica by one new one. */
  swaps: SwapChange[];
  /** New replicas that replace none. */
  adds: NewReplica[];
  /** Replicas that go without replacement. */
  removals: Replica[];
}

/** A container in a step: known by id, or the n-th that a service's creation will give. */
export type ContainerRef =
  | { kind: "known"; service: string; number: number; id: string }
  | { kind: "new"; service: string; number: number; index: number };

/** The part that a container plays in a swap; recovery reads it. */
export interface SwapRole {
  /** Swaps of a service are numbered from 0; additions and removals go on from there. */
  swap: string;
  /** `after`: none, as it comes when the swap is over and there is nothing to put back. */
  role: "old" | "new" | "after";
  /**
   * What the container did when the plan was made; `new` if it was not there, `stopped` if a deploy
   * that was cut off has stopped it, and it is to serve again unless another one does.
   */
  before: "new" | "down" | "stopped" | "up" | "serving";
}

/** What a step does: one engine call, or one wait. */
export type Action =
  | { kind: "build"; services: string[] }
  | { kind: "pull"; services: string[] }
  | { kind: "create"; services: Creation[] }
  | { kind: "inject"; container: ContainerRef }
  /** Copies what is in volumes without a name. */
  | { kind: "carry"; from: ContainerRef; to: ContainerRef }
  /** Takes a container out of its service's names, in these networks. */
  | { kind: "hide"; container: ContainerRef; networks: Attachment[]; until: "ready" | "stop" }
  /** Gives it these names back, wherever it lacks them. */
  | { kind: "reveal"; container: ContainerRef; networks: Attachment[] }
  | { kind: "start"; container: ContainerRef }
  | { kind: "ready"; container: ContainerRef; gate: Gate }
  | { kind: "gate"; container: ContainerRef; spec: GateSpec }
  /** With `isBinding`, its failure is one of the swap, else a warning. */
  | {
    kind: "exec";
    container: ContainerRef;
    purpose: ExecPurpose;
    exec: ExecSpec;
    isBinding: boolean;
  }
  | {
    kind: "hook";
    moment: Moment;
    hook: Hook;
    service?: string;
    old?: ContainerRef;
    new?: ContainerRef;
  }
  | { kind: "pause"; purpose: "settle" | "drain" | "delay"; service: string; ms: number }
  | { kind: "stop"; container: ContainerRef }
  /**
   * `discard` is for a container that never served: killed if it runs, anonymous volumes too. Of
   * others, these volumes stay unless they were handed on.
   */
  | { kind: "remove"; container: ContainerRef; discard: boolean; volumeIds?: string[] }
  | { kind: "recreate"; service: string; beside: Creation[] }
  | { kind: "verify"; service: string; gate: Gate; timeoutMs?: number };

/** What a command in a container is for. */
export type ExecPurpose = "post_start" | "pre_stop" | "mark";

/** How many containers of a service to create; none if it only has to be named beside others. */
export interface Creation {
  /** Name of the service. */
  service: string;
  /** Containers of the service that exist already, in whatever state. */
  existing: number;
  /** Containers to create. */
  missing: number;
  /** The numbers in the names of the new ones, in order; absent: those that Compose gives. */
  numbers?: number[];
}

/** When a container counts as ready, see {@linkcode judge}. */
export interface Gate {
  /** How long a container without a healthcheck must have been running, in milliseconds. */
  monitorMs: number;
  /** How long one with a healthcheck must have been healthy, in milliseconds. */
  steadyMs: number;
  /** Whether an end with exit code 0 counts as ready, as for a job. */
  mayComplete: boolean;
  /** Whether nothing else counts as ready, however long it takes; absent: no. */
  mustComplete?: boolean;
  /** Whether a healthcheck, where there is one, must pass; otherwise running is enough. */
  health: boolean;
  /** Whether it is enough that the engine's healthcheck has not failed, as a gate has run it. */
  isGated?: boolean;
}

/** A node of the plan: what to do, why, and after which other steps. */
export interface Step {
  /** Its name in this plan. */
  id: string;
  /** What it does. */
  action: Action;
  /** Why it is done, for people. */
  cause: string;
  /** Ids of the steps that must be done first. */
  after: string[];
  /** Whether the steps after it are taken even if it fails; the plan then fails all the same. */
  mayFail?: boolean;
  /** The part that its container plays in a swap; absent: none. */
  swap?: SwapRole;
  /** Whether it removes, at the end, what was kept for a rollback; absent: no. */
  isSweep?: boolean;
  /** The failed swap that this step puts back, where the plan goes on after it. */
  recovers?: string;
}

/** Steps to take, in an order that satisfies every `after`, and what the user should know. */
export interface Plan {
  /** Name of the project. */
  project: string;
  /** What to do; empty: nothing. */
  steps: Step[];
  /** What differs, by service. */
  changes: ServiceChange[];
  /** What the user should know, a sentence each. */
  warnings: string[];
  /** What it is for; absent: a deploy. */
  purpose?: "create" | "rollback";
  /** Hooks to call when all is over, as far as what came of it calls for them. */
  afterwards?: Step[];
}

/** The options that planning depends on. */
export interface PlanOptions {
  /** Considered services; empty: all. */
  services: string[];
  deps?: boolean;
  build?: boolean;
  noBuild?: boolean;
  forceRecreate?: boolean;
  noStart?: boolean;
  pull?: "always" | "missing" | "never";
  removeOrphans?: boolean;
  /** New replicas are meant to have fresh anonymous volumes. */
  renewAnonVolumes?: boolean;
  allResources?: boolean;
  wait?: boolean;
  waitTimeoutS?: number;
  /** Order of this run, whatever the files say. */
  order?: Order;
  /** Parallelism of this run, whatever the files say. */
  updateParallelism?: number;
  /** Failure action of this run, whatever the files say. */
  onFailure?: FailureAction;
  /** Leave failed new containers for inspection. */
  noRollback?: boolean;
}
