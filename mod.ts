/**
 * kerek as a module: zero-downtime deployments for Docker Compose, and the types of its hooks.
 *
 * Nothing here prints, ends the process or keeps a state of its own.
 *
 * @module
 */
export {
  type CallOptions,
  deploy,
  type DeployCallOptions,
  type Deployed,
  type DeployRequest,
  history,
  plan,
  rollback,
  type RollbackRequest,
  transferImages,
  type TransferRequest,
} from "./lib/api.ts";
export {
  type OpenedTunnel,
  provision,
  type Provisioned,
  type ProvisionEvent,
  type ProvisionRequest,
  tunnel,
  type TunnelEvent,
  type TunnelRequest,
} from "./lib/api_hosts.ts";
export { ExitCode, KerekError } from "./lib/errors.ts";
export type { DeployEvent, Outcome, Phase } from "./lib/execute/events.ts";
export type { Entry, HashedFile, KeptService, TriedImage } from "./lib/history/entry.ts";
export * from "./lib/hooks/sdk.ts";
export type { ImageTransfer, KnownImage, Way } from "./lib/images/plan.ts";
export type { TransferEvent } from "./lib/images/transfer_ports.ts";
export type {
  ComposeOptions,
  DeployOptions,
  DisplayOptions,
  EngineOptions,
  RollbackOptions,
} from "./lib/options.ts";
export type { WarningName, warningNames } from "./lib/plan/finding.ts";
export type { GateSpec, Probe } from "./lib/plan/gates.ts";
export type { Hook, Moment, moments } from "./lib/plan/hooks.ts";
export type {
  Action,
  Attachment,
  ContainerRef,
  ContainerStatus,
  Creation,
  DesiredService,
  Drain,
  ExecPurpose,
  ExecSpec,
  FailureAction,
  Gate,
  NetworkTie,
  NewReplica,
  Order,
  Plan,
  Replica,
  RollbackPolicy,
  ServiceChange,
  Step,
  SwapChange,
  SwapRole,
  UpdatePolicy,
} from "./lib/plan/model.ts";
export type {
  EngineNeed,
  ExclusiveClaim,
  External,
  HeldPort,
  NetworkDefinition,
  NetworkMake,
  PortRange,
  VolumeDefinition,
  VolumeMake,
  WritableVolume,
} from "./lib/plan/resources.ts";
export type { ProjectHistory } from "./lib/project_history.ts";
export type { ServiceOutcome } from "./lib/plan/summarize.ts";
