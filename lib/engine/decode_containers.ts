import * as z from "../deps/zod.ts";
import type { Replica } from "../plan/model.ts";
import type { HeldPort } from "../plan/resources.ts";
import type { ContainerState, HealthcheckTimes } from "../plan/readiness.ts";
import { decode, parseJson } from "./decode.ts";
import {
  type Attached,
  attachedOf,
  endpointSchema,
  hostNetworkSchema,
  lacksName,
} from "./networks.ts";

const status = z.enum([
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
]);

/** Podman has states that Docker has not; each is another's equal here. */
const podmanStatuses: Record<string, z.infer<typeof status>> = {
  configured: "created",
  initialized: "created",
  stopped: "exited",
  stopping: "running",
  unknown: "dead",
};

const health = z.looseObject({
  Status: z.string().optional(),
  Log: z.array(z.looseObject({ End: z.string().optional(), Output: z.string().optional() }))
    .nullish(),
}).nullish();

/** By port and protocol, such as `80/tcp`. */
const publishedPorts = z.record(
  z.string(),
  z.array(z.looseObject({ HostIp: z.string().nullish(), HostPort: z.string().nullish() }))
    .nullish(),
).nullish();

const nanoseconds = z.number().nullish();

const containerSchema = z.looseObject({
  Id: z.string(),
  Created: z.string().optional(),
  Image: z.string().optional(),
  Name: z.string(),
  RestartCount: z.number().optional(),
  State: z.looseObject({
    Status: z.preprocess((text) => podmanStatuses[text as string] ?? text, status),
    Pid: z.number().optional(),
    ExitCode: z.number().optional(),
    Error: z.string().optional(),
    StartedAt: z.string().optional(),
    Health: health,
    Healthcheck: health,
  }),
  Config: z.looseObject({
    MacAddress: z.string().optional(),
    Shell: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Healthcheck: z.looseObject({
      Test: z.array(z.string()).nullish(),
      Interval: nanoseconds,
      Timeout: nanoseconds,
      StartPeriod: nanoseconds,
      Retries: z.number().nullish(),
    }).nullish(),
  }),
  NetworkSettings: z.looseObject({
    Ports: publishedPorts,
    Networks: z.record(z.string(), endpointSchema).nullish(),
  }).nullish(),
  Mounts: z.array(z.looseObject({
    Type: z.string().optional(),
    Name: z.string().optional(),
    Destination: z.string(),
  })).nullish(),
  HostConfig: z.looseObject({
    ...hostNetworkSchema,
    RestartPolicy: z.looseObject({ Name: z.string().optional() }).nullish(),
  }),
});

type Container = z.infer<typeof containerSchema>;

/** A container as the engine describes it. */
export interface InspectedContainer {
  project: string;
  replica: Replica;
  state: ContainerState;
  /** What the last healthcheck printed, if there was one. */
  healthOutput: string;
  /** When the last healthcheck ended, as the engine writes it; empty if there was none. */
  lastCheck: string;
  /** How it can be probed. */
  access: Access;
  /** How it is in its networks. */
  attached: Attached;
  /** Its volumes without a name: their ids, by where they are mounted. */
  volumes: Map<string, string>;
}

/** What there is to reach a container by. */
export interface Access {
  /** Process id on the engine's machine; 0 if it does not run. */
  pid: number;
  /** Its addresses in its networks. */
  addresses: string[];
  /** Its healthcheck, such as `["CMD", "true"]`; empty without one. */
  healthTest: string[];
  /** What runs a healthcheck of one line. */
  shell: string[];
}

/** Decodes the output of `docker container inspect`; containers of no Compose service are left out. */
export function decodeContainers(json: string): InspectedContainer[] {
  const what = "the engine's containers";
  return decode(z.array(containerSchema), parseJson(json, what), what)
    .flatMap((container) => decodeContainer(container) ?? []);
}

function decodeContainer(container: Container): InspectedContainer | undefined {
  const labels = container.Config.Labels ?? {};
  const project = labels["com.docker.compose.project"];
  const service = labels["com.docker.compose.service"];
  if (project === undefined || service === undefined) return undefined;
  const state = stateOf(container);
  const volumes = anonymousVolumesOf(container);
  const name = container.Name.replace(/^\//, "");
  const composeNumber = Number(labels["com.docker.compose.container-number"] ?? 0) || 0;
  const number = numberIn(name, project, service) ?? composeNumber;
  const attached = attachedOf(container, composeNumber);
  const replica: Replica = {
    id: container.Id,
    name,
    number,
    ...(number === composeNumber ? {} : { composeNumber }),
    service,
    revision: labels["com.docker.compose.config-hash"] ?? "",
    ...imageIdsOf(labels["com.docker.compose.image"], container.Image),
    status: state.status,
    ...(state.status === "exited" ? { exitCode: state.exitCode } : {}),
    ...(state.status === "exited" && state.exitCode === 0 ? { hasCompleted: true } : {}),
    createdAt: timeOf(container.Created),
    startedAt: state.startedAt,
    ...(container.NetworkSettings?.Ports ? { hostPorts: hostPortsOf(container) } : {}),
    ...(state.health ? { health: state.health } : {}),
    ...(volumes.size > 0
      ? { anonymousVolumes: [...volumes.keys()], volumeIds: [...volumes.values()] }
      : {}),
    ...networksIn(attached, service),
  };
  const last = (container.State.Health ?? container.State.Healthcheck)?.Log?.at(-1);
  return {
    project,
    replica,
    state,
    healthOutput: last?.Output?.trim() ?? "",
    lastCheck: last?.End ?? "",
    access: accessOf(container),
    attached,
    volumes,
  };
}

function networksIn(attached: Attached, service: string): Partial<Replica> {
  const networks = attached.ends.map(({ address: _, gateway: __, hasIpv6: ___, ...attachment }) =>
    attachment
  );
  return {
    ...(networks.length > 0 ? { networks } : {}),
    ...(lacksName(attached, service) ? { isHidden: true } : {}),
  };
}

/** The `N` of `project-service-N`, or of `project_service_N` with `--compatibility`. */
function numberIn(name: string, project: string, service: string): number | undefined {
  for (const separator of ["-", "_"]) {
    const start = [project, service, ""].join(separator);
    const rest = name.startsWith(start) ? name.slice(start.length) : "";
    if (/^[1-9]\d*$/.test(rest)) return Number(rest);
  }
}

const holderSchema = containerSchema.pick({ Id: true, Name: true, NetworkSettings: true });

/** The host ports of containers, from `docker container inspect`, whosoever's they are. */
export function decodeHeldPorts(json: string): HeldPort[] {
  const what = "the engine's containers";
  return decode(z.array(holderSchema), parseJson(json, what), what).flatMap(hostPortsOf);
}

function hostPortsOf({ Id, Name, NetworkSettings }: z.infer<typeof holderSchema>): HeldPort[] {
  return Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => ({
      id: Id,
      name: Name.replace(/^\//, ""),
      port: Number(HostPort ?? 0),
      hostIp: HostIp ?? "",
      protocol: key.split("/")[1] ?? "tcp",
    }))
  );
}

/** An engine names a volume that has no name by 64 hexadecimal digits. */
function anonymousVolumesOf({ Mounts }: Container): Map<string, string> {
  const found = (Mounts ?? []).flatMap(({ Type, Name, Destination }): [string, string][] =>
    Type === "volume" && /^[0-9a-f]{64}$/.test(Name ?? "") ? [[Destination, Name!]] : []
  );
  return new Map(found.sort(([a], [b]) => a < b ? -1 : 1));
}

function accessOf({ State, Config, NetworkSettings }: Container): Access {
  const networks = Object.values(NetworkSettings?.Networks ?? {});
  return {
    pid: State.Pid ?? 0,
    addresses: networks.flatMap((network) => network?.IPAddress || []),
    healthTest: Config.Healthcheck?.Test ?? [],
    shell: Config.Shell ?? ["/bin/sh", "-c"],
  };
}

/** Compose's word for the image and the engine's, which some engines tell differently. */
function imageIdsOf(...ids: (string | undefined)[]): Pick<Replica, "imageIds"> {
  const known = ids.filter((id) => id !== undefined && id !== "").map((id) => bareId(id!));
  return known.length > 0 ? { imageIds: [...new Set(known)] } : {};
}

/** An image's id without the algorithm, which Podman leaves out. */
export const bareId = (id: string): string => id.replace(/^sha256:/, "");

function stateOf(container: Container): ContainerState {
  const { State: state, HostConfig: host } = container;
  const restart = host.RestartPolicy?.Name ?? "";
  return {
    status: state.Status,
    health: healthOf(container),
    exitCode: state.ExitCode ?? 0,
    restarts: container.RestartCount ?? 0,
    startedAt: timeOf(state.StartedAt),
    restartable: restart !== "" && restart !== "no",
    healthcheck: timesOf(container),
    error: state.Error ?? "",
  };
}

function healthOf({ State: state }: Container): ContainerState["health"] {
  const text = (state.Health ?? state.Healthcheck)?.Status;
  return text === "starting" || text === "healthy" || text === "unhealthy" ? text : undefined;
}

/** The engine's zero time means never. */
function timeOf(text: string | undefined): number | undefined {
  return text === undefined || text.startsWith("0001-") ? undefined : Date.parse(text);
}

/** The engine's defaults stand for what is zero (Dockerfile reference, HEALTHCHECK). */
function timesOf({ Config: { Healthcheck: check } }: Container): HealthcheckTimes | undefined {
  if (!check?.Test?.length || check.Test[0] === "NONE") return undefined;
  const ms = (value: number | null | undefined, defaultMs: number) =>
    value ? value / 1e6 : defaultMs;
  return {
    intervalMs: ms(check.Interval, 30_000),
    timeoutMs: ms(check.Timeout, 30_000),
    startPeriodMs: ms(check.StartPeriod, 0),
    retries: check.Retries || 3,
  };
}
