import type { DeployOptions } from "../options.ts";
import type { Attachment, Creation, ExecSpec } from "../plan/model.ts";

/**
 * Command lines as data: every call to the engine or to Compose is made here and run elsewhere.
 * Those for Compose go behind `Clients.compose`, the others behind `Clients.engine`.
 */

/** The project as Compose understands it, in YAML: its JSON drops the `x-*` keys of services. */
export const composeConfig = (): string[] => ["config"];

/** Config hashes, a line `service hash` each. */
export const composeHashes = (): string[] => ["config", "--hash", "*"];

/** Names of active services, a line each. */
export const composeServices = (): string[] => ["config", "--services"];

/** Interpolation variables, a line `NAME=value` each; fails in Compose versions before 2.28. */
export const composeEnvironment = (): string[] => ["config", "--environment"];

/** Builds the images of exactly these services. */
export const composeBuild = (services: string[]): string[] => ["build", "--", ...services];

/** Pulls the images of exactly these services. */
export function composePull(services: string[], options: Pick<DeployOptions, "quietPull">) {
  return ["pull", ...(options.quietPull ? ["--quiet"] : []), "--", ...services];
}

/**
 * Creates missing replicas and touches nothing else: `--no-recreate` keeps outdated ones, and
 * the scale is never below what exists, as Compose would remove the newest then. Images were
 * built or pulled before. `--renew-anon-volumes` is left out: new containers have new anonymous
 * volumes anyway, and Compose 2.40 refuses it beside `--no-recreate`.
 */
export function composeCreate(creations: Creation[]): string[] {
  return [
    "up",
    "--no-start",
    "--no-recreate",
    "--no-deps",
    "--no-build",
    "--pull",
    "never",
    ...creations.flatMap((x) => ["--scale", `${x.service}=${x.existing + x.missing}`]),
    "--",
    ...creations.map((x) => x.service),
  ];
}

/**
 * Compose's own replacement of a container that it cannot scale. What is `beside` stays as it is;
 * it is not named, as `--force-recreate` is about what is named.
 */
export function composeRecreate(
  service: string,
  beside: Creation[],
  options: Pick<DeployOptions, "forceRecreate" | "renewAnonVolumes" | "timeoutS">,
): string[] {
  return [
    "up",
    "--detach",
    ...(beside.length > 0 ? [] : ["--no-deps"]),
    "--no-build",
    "--pull",
    "never",
    ...(options.forceRecreate ? ["--force-recreate"] : []),
    ...(options.renewAnonVolumes ? ["--renew-anon-volumes"] : []),
    ...(options.timeoutS === undefined ? [] : ["--timeout", String(options.timeoutS)]),
    ...beside.flatMap((x) => ["--scale", `${x.service}=${x.existing}`]),
    "--",
    service,
  ];
}

/** What Compose would do to these services and what they depend on; touches nothing. */
export const composeRehearseUp = (services: string[]): string[] => [
  "--dry-run",
  "up",
  "--no-start",
  "--no-build",
  "--",
  ...services,
];

/** What creating would do; touches nothing. */
export const composeRehearseCreate = (
  creations: Creation[],
): string[] => ["--dry-run", ...composeCreate(creations)];

const projectLabel = "com.docker.compose.project";
const oneoffLabel = "com.docker.compose.oneoff";
const serviceLabel = "com.docker.compose.service";

/** Ids of all containers that belong to some Compose project, without those of `compose run`. */
export function listContainers(
  of: { project?: string; service?: string; status?: string } = {},
): string[] {
  const project = of.project === undefined ? projectLabel : `${projectLabel}=${of.project}`;
  return [
    "ps",
    "--all",
    "--quiet",
    "--no-trunc",
    "--filter",
    `label=${project}`,
    "--filter",
    `label=${oneoffLabel}=False`,
    ...(of.service === undefined ? [] : ["--filter", `label=${serviceLabel}=${of.service}`]),
    ...(of.status === undefined ? [] : ["--filter", `status=${of.status}`]),
  ];
}

/** Ids of all containers that run, whosoever's they are. */
export const listRunning = (): string[] => ["ps", "--quiet", "--no-trunc"];

/** Version of the engine. */
export const engineVersion = (): string[] => ["version", "--format", "{{.Server.Version}}"];

/** Version of Compose. */
export const composeVersion = (): string[] => ["version", "--short"];

export const inspectContainers = (
  ids: string[],
): string[] => ["container", "inspect", "--", ...ids];

/** Ids of images, a line each; it fails if one is not there. */
export const inspectImages = (images: string[]): string[] => [
  "image",
  "inspect",
  "--format",
  "{{.Id}}",
  "--",
  ...images,
];

export const inspectNetworks = (
  names: string[],
): string[] => ["network", "inspect", "--", ...names];

export const inspectVolumes = (
  names: string[],
): string[] => ["volume", "inspect", "--", ...names];

/** Whether the engine is part of a swarm. */
export const swarmState = (): string[] => ["info", "--format", "{{.Swarm.LocalNodeState}}"];

/** All that there is to know of images, in JSON. */
export const inspectImage = (image: string): string[] => ["image", "inspect", "--", image];

export const disconnect = (id: string, network: string): string[] => [
  "network",
  "disconnect",
  "--",
  network,
  id,
];

/** Connects a container as Compose would, which gives it its `own` name as an alias, too. */
export const connect = (id: string, own: string, to: Attachment): string[] => [
  "network",
  "connect",
  ...(to.aliases.length > 0 ? [own, ...to.aliases] : []).flatMap((alias) => ["--alias", alias]),
  ...Object.entries(to.driverOpts ?? {}).flatMap(([key, value]) => [
    "--driver-opt",
    `${key}=${value}`,
  ]),
  ...(to.linkLocalIps ?? []).flatMap((address) => ["--link-local-ip", address]),
  ...(to.gwPriority ? ["--gw-priority", String(to.gwPriority)] : []),
  "--",
  to.network,
  id,
];

export const start = (id: string): string[] => ["start", "--", id];

export const rename = (id: string, name: string): string[] => ["rename", "--", id, name];

/** Without a time limit of its own the engine honours the container's `stop_grace_period`. */
export const stop = (id: string, timeoutS?: number): string[] => [
  "stop",
  ...(timeoutS === undefined ? [] : ["-t", String(timeoutS)]),
  "--",
  id,
];

export const remove = (id: string, { discard }: { discard: boolean }): string[] => [
  "rm",
  ...(discard ? ["--force", "--volumes"] : []),
  "--",
  id,
];

/**
 * Runs a command in a container. Its variables are no arguments, as all can read those: they are in
 * `variables.file`, which is to be given on standard input, and in `variables.named`, which are to
 * be in the environment of the call.
 */
export const execIn = (id: string, exec: ExecSpec, variables = execVariables(exec)): string[] => [
  "exec",
  ...(exec.user === undefined ? [] : ["--user", exec.user]),
  ...(exec.privileged ? ["--privileged"] : []),
  ...(exec.workingDir === undefined ? [] : ["--workdir", exec.workingDir]),
  ...(variables.file ? ["--env-file", "/dev/stdin"] : []),
  ...Object.keys(variables.named).flatMap((name) => ["--env", name]),
  "--",
  id,
  ...exec.command,
];

/**
 * How the variables of a command in a container get there. In the environment of the call, some of
 * them would steer the engine's client (HOME, PATH, DOCKER_HOST), so they go by a file. That has no
 * way to write a line break, and there is none on Windows.
 */
export function execVariables(
  { environment = {} }: Pick<ExecSpec, "environment">,
  hasFile = true,
): { file: string; named: Record<string, string> } {
  const isNamed = ([, value]: [string, string]) => !hasFile || /[\r\n]/.test(value);
  const entries = Object.entries(environment);
  return {
    file: entries.filter((entry) => !isNamed(entry)).map(([x, value]) => `${x}=${value}\n`).join(
      "",
    ),
    named: Object.fromEntries(entries.filter(isNamed)),
  };
}

export const logs = (id: string, lines: number): string[] => [
  "logs",
  "--tail",
  String(lines),
  "--",
  id,
];

/** Podman alone has it. */
export const runHealthcheck = (id: string): string[] => ["healthcheck", "run", "--", id];

export const pause = (ids: string[]): string[] => ["pause", "--", ...ids];

export const unpause = (ids: string[]): string[] => ["unpause", "--", ...ids];

/** Unpacks a tar archive from standard input in a folder of the container. */
export const copyInto = (
  id: string,
  folder = "/",
): string[] => ["cp", "--archive", "-", `${id}:${folder}`];

/** Prints a folder of the container as a tar archive, with owners and modes. */
export const copyOut = (id: string, path: string): string[] => [
  "cp",
  "--archive",
  `${id}:${path}`,
  "-",
];

export const removeVolumes = (names: string[]): string[] => ["volume", "rm", "--", ...names];

/** The project's container events, one JSON object a line, until it is ended. */
export const events = (project: string, format: string): string[] => [
  "events",
  "--filter",
  "type=container",
  "--filter",
  `label=${projectLabel}=${project}`,
  "--format",
  format,
];
