import { parseYaml } from "../deps/yaml.ts";
import * as z from "../deps/zod.ts";
import type { Finding, WarningName } from "../plan/finding.ts";
import type { HookSpec } from "../plan/hooks.ts";
import type { DesiredService } from "../plan/model.ts";
import type { ExclusiveClaim } from "../plan/resources.ts";
import { hookSpecs } from "../config/hook.ts";
import { lifecycle, lifecycleSchema } from "../config/lifecycle.ts";
import { drainOf, gateSpecs, rollbackPolicy, settingsOf, updatePolicy } from "../config/policy.ts";
import { rollbackConfigSchema, updateConfigSchema } from "../config/update_config.ts";
import { wholeNumber } from "../config/values.ts";
import { serviceSchema as settingsSchema, topLevelSchema } from "../config/x_kerek.ts";
import { attachments, networkSchema, serviceNetworkSchema } from "./attachments.ts";
import { decode, whenThere } from "./decode.ts";
import { needsOf } from "./service_needs.ts";
import { resourcesOf, volumeSchema } from "./service_resources.ts";
import { unreadKeys } from "./unread_keys.ts";

/** What of a Compose project matters here, from `docker compose config`. */
export interface Project {
  name: string;
  services: DesiredService[];
  /** Configs and secrets that Compose puts into a container when it starts it, by service. */
  injections: Map<string, InjectedFile[]>;
  /** Configs and secrets that are files of the host, by service. */
  mountedFiles: Map<string, { target: string; file: string }[]>;
  /** Warnings that are not to be given of the project as a whole; absent: all are. */
  ignoredWarnings?: WarningName[];
  /** Keys that are meant for kerek, and not read; absent: none. */
  unreadKeys?: Finding[];
  /** How many deploys its history keeps (`x-kerek.history`); absent: as many as usual. */
  historySize?: number;
  /** Hook modules; absent if the files name none. */
  hooks?: ComposeHooks;
}

/** Hook modules that the Compose files name. */
export interface ComposeHooks {
  topLevel: HookSpec[];
  /** Those of each service, which are the ones of the top level where it names none. */
  services: Map<string, HookSpec[]>;
}

/** A file that only Compose's own start would bring. */
export interface InjectedFile {
  /** Absolute path in the container. */
  target: string;
  source: { kind: "content"; content: string } | { kind: "environment"; variable: string };
  uid: number;
  gid: number;
  /** Permission bits, as in `0o444`. */
  mode: number;
}

const fileReference = z.looseObject({
  source: z.string(),
  target: z.string().optional(),
  uid: z.coerce.number().optional(),
  gid: z.coerce.number().optional(),
  mode: z.union([z.string(), z.number()]).optional(),
});

const fileSource = z.looseObject({
  content: z.string().optional(),
  file: z.string().optional(),
  environment: z.string().optional(),
});

const serviceSchema = z.looseObject({
  build: z.unknown().optional(),
  configs: z.array(fileReference).nullish(),
  container_name: z.string().optional(),
  depends_on: z.record(
    z.string(),
    z.looseObject({ condition: z.string().optional(), restart: z.boolean().optional() }),
  ).nullish(),
  deploy: z.looseObject({
    replicas: wholeNumber(0).nullish(),
    update_config: whenThere(updateConfigSchema),
    rollback_config: whenThere(rollbackConfigSchema),
  }).nullish(),
  healthcheck: z.looseObject({
    disable: z.boolean().optional(),
    interval: z.string().nullish(),
    start_interval: z.string().nullish(),
    test: z.union([z.string(), z.array(z.string())]).nullish(),
  }).nullish(),
  image: z.string().optional(),
  ipc: z.string().optional(),
  external_links: z.array(z.string()).nullish(),
  links: z.array(z.string()).nullish(),
  mac_address: z.string().optional(),
  network_mode: z.string().optional(),
  networks: z.record(z.string(), serviceNetworkSchema).nullish(),
  pid: z.string().optional(),
  annotations: z.unknown().optional(),
  ports: z.array(z.looseObject({
    host_ip: z.string().optional(),
    published: z.union([z.string(), z.number()]).optional(),
    protocol: z.string().optional(),
  })).nullish(),
  post_start: whenThere(lifecycleSchema),
  pre_start: z.array(z.unknown()).nullish(),
  pre_stop: whenThere(lifecycleSchema),
  provider: z.unknown().optional(),
  pull_policy: z.string().optional(),
  scale: wholeNumber(0).optional(),
  secrets: z.array(fileReference).nullish(),
  tmpfs: z.union([z.string(), z.array(z.string())]).nullish(),
  volumes: z.array(z.looseObject({
    type: z.string().optional(),
    source: z.string().optional(),
    target: z.string().optional(),
    read_only: z.boolean().optional(),
    volume: z.looseObject({ subpath: z.string().optional() }).nullish(),
  })).nullish(),
  volumes_from: z.array(z.string()).nullish(),
  "x-kerek": whenThere(settingsSchema),
});

const projectSchema = z.looseObject({
  name: z.string(),
  networks: z.record(z.string(), networkSchema).nullish(),
  services: z.record(z.string(), serviceSchema).nullish(),
  volumes: z.record(z.string(), volumeSchema).nullish(),
  configs: z.record(z.string(), fileSource).nullish(),
  secrets: z.record(z.string(), fileSource).nullish(),
  "x-kerek": whenThere(topLevelSchema),
});

/** A service in Compose's own terms. */
export type Service = z.infer<typeof serviceSchema>;

/** A Compose project in Compose's own terms, as far as it matters here. */
export type ProjectModel = z.infer<typeof projectSchema>;

/**
 * What the Compose files say, and no more than that, from the output of `docker compose config`.
 *
 * @throws {KerekError} if something in it cannot be understood, with its path.
 */
export function decodeModel(yaml: string): ProjectModel {
  // Compose doubles dollar signs, so that what it prints reads the same again.
  return decode(projectSchema, parseYaml(yaml.replaceAll("$$", () => "$")), "the Compose files");
}

/**
 * What follows from the Compose files, with what holds where they are silent.
 *
 * @param hashes The output of `config --hash '*'`.
 */
export function projectOf(
  model: ProjectModel,
  hashes: string,
  { compatibility = false }: { compatibility?: boolean },
): Project {
  const revisions = revisionsIn(hashes);
  const jobs = jobNames(model);
  const separator = compatibility ? "_" : "-";
  const injections = new Map<string, InjectedFile[]>();
  const mounted: Project["mountedFiles"] = new Map();
  const hooks: ComposeHooks = {
    topLevel: hookSpecs(model["x-kerek"]?.hooks),
    services: new Map(),
  };
  const services = Object.entries(model.services ?? {}).map(([name, service]) => {
    injections.set(name, injectedFiles(service, model));
    mounted.set(name, mountedFiles(service, model));
    const update = updatePolicy(service.deploy?.update_config ?? undefined);
    const settings = settingsOf(service["x-kerek"] ?? undefined, model["x-kerek"] ?? undefined);
    const isOwn = service["x-kerek"]?.hooks !== undefined;
    const place = isOwn ? `services.${name}.x-kerek.hooks` : "x-kerek.hooks";
    hooks.services.set(name, hookSpecs(settings.hooks, place));
    return {
      name,
      revision: revisions.get(name) ?? "",
      ...(service.provider ? { isProvided: true } : {}),
      // What a provider brings is no container.
      replicas: service.provider ? 0 : service.scale ?? service.deploy?.replicas ?? 1,
      dependsOn: dependencies(service),
      ...restarting(service),
      sharesWith: sharing(service),
      image: service.image ?? `${model.name}${separator}${name}`,
      buildable: service.build !== undefined && service.build !== null,
      pullPolicy: service.pull_policy,
      containerName: service.container_name,
      exclusiveClaims: claims(name, service),
      ...needsOf(name, service),
      ...resourcesOf(service, model),
      ...(settings["ignore-warnings"]?.length
        ? { ignoredWarnings: settings["ignore-warnings"] }
        : {}),
      ...(settings["file-changes"] ? { watchesFiles: true } : {}),
      ...(settings["image-changes"] ? { watchesImage: true } : {}),
      ...(service.network_mode === "host" ? { onHostNetwork: true } : {}),
      hasHealthcheck: hasHealthcheck(service),
      ...(turnsHealthcheckOff(service) ? { turnsHealthcheckOff: true } : {}),
      update,
      rollback: rollbackPolicy(service.deploy?.rollback_config ?? undefined, update),
      gates: jobs.has(name) ? [] : gateSpecs(settings.gates),
      drain: drainOf(settings.drain),
      ...attachments(name, service, model),
      postStart: lifecycle(service.post_start),
      preStop: lifecycle(service.pre_stop),
      isJob: jobs.has(name),
      needsInjection: injections.get(name)!.length > 0,
    } satisfies DesiredService;
  });
  const all = [hooks.topLevel, ...hooks.services.values()].flat();
  const unread = unreadKeys(model);
  const { "ignore-warnings": ignoredWarnings, history: historySize } = model["x-kerek"] ?? {};
  return {
    name: model.name,
    services,
    injections,
    mountedFiles: mounted,
    ...(ignoredWarnings?.length ? { ignoredWarnings } : {}),
    ...(unread.length > 0 ? { unreadKeys: unread } : {}),
    ...(historySize === undefined ? {} : { historySize }),
    ...(all.length > 0 ? { hooks } : {}),
  };
}

/** The hashes of services, by name, from the output of `config --hash '*'`. */
function revisionsIn(hashes: string): Map<string, string> {
  return new Map(
    hashes.split("\n").filter((line) => line).map((line) => {
      const [service, hash] = line.split(" ");
      return [service, hash] as const;
    }),
  );
}

function jobNames(model: ProjectModel): Set<string> {
  return new Set(
    Object.values(model.services ?? {}).flatMap((service) =>
      Object.entries(service.depends_on ?? {})
        .filter(([, { condition }]) => condition === "service_completed_successfully")
        .map(([name]) => name)
    ),
  );
}

function dependencies(service: Service): string[] {
  return [
    ...new Set([
      ...Object.keys(service.depends_on ?? {}),
      ...(service.links ?? []).map((link) => link.split(":")[0]),
      ...sharing(service),
    ]),
  ];
}

/** Those that it shares with, and has to follow anyway, left out; links are among the others. */
function restarting(service: Service): Pick<DesiredService, "restartsWith"> {
  const shared = sharing(service);
  const names = Object.entries(service.depends_on ?? {})
    .flatMap(([name, { restart }]) => restart && !shared.includes(name) ? [name] : []).sort();
  return names.length > 0 ? { restartsWith: names } : {};
}

/** Other services whose containers Compose resolves to ids when it creates this one's. */
function sharing(service: Service): string[] {
  const spaces = [service.network_mode, service.ipc, service.pid]
    .flatMap((value) => value?.startsWith("service:") ? [value.slice("service:".length)] : []);
  const volumes = (service.volumes_from ?? [])
    .filter((value) => !value.startsWith("container:"))
    .map((value) => value.split(":")[0]);
  return [...new Set([...spaces, ...volumes])];
}

function claims(name: string, service: Service): ExclusiveClaim[] {
  const at = `services.${name}`;
  const ports = (service.ports ?? []).flatMap((port, i) =>
    isFixed(port.published)
      ? [{
        path: `${at}.ports[${i}]`,
        what: `host port ${port.host_ip ? `${port.host_ip}:` : ""}${port.published}`,
      }]
      : []
  );
  const addresses = Object.entries(service.networks ?? {}).flatMap(([network, options]) =>
    [options?.ipv4_address, options?.ipv6_address].filter((x) => x !== undefined).map((
      address,
    ) => ({
      path: `${at}.networks.${network}`,
      what: `address ${address}`,
    }))
  );
  return [...ports, ...addresses];
}

/** A range lets the engine choose a free port of it. */
function isFixed(published: string | number | undefined): boolean {
  return published !== undefined && /^[1-9]\d*$/.test(String(published));
}

function hasHealthcheck(service: Service): boolean {
  const test = service.healthcheck?.test;
  return test !== null && test !== undefined && !turnsHealthcheckOff(service);
}

function turnsHealthcheckOff({ healthcheck }: Service): boolean {
  return healthcheck?.disable === true || healthcheck?.test?.[0] === "NONE";
}

function injectedFiles(service: Service, model: ProjectModel): InjectedFile[] {
  return [
    ...(service.configs ?? []).flatMap((file) => injectedFile(file, model.configs, "/")),
    ...(service.secrets ?? []).flatMap((file) =>
      injectedFile(file, model.secrets, "/run/secrets/")
    ),
  ];
}

function mountedFiles({ configs, secrets }: Service, model: ProjectModel) {
  const filesOf = (
    references: z.infer<typeof fileReference>[] | null | undefined,
    sources: ProjectModel["configs"],
    folder: string,
  ) =>
    (references ?? []).flatMap(({ source, target = source }) => {
      const file = sources?.[source]?.file;
      return file === undefined ? [] : [{ target: inFolder(folder, target), file }];
    });
  return [
    ...filesOf(configs, model.configs, "/"),
    ...filesOf(secrets, model.secrets, "/run/secrets/"),
  ];
}

const inFolder = (folder: string, target: string) =>
  target.startsWith("/") ? target : folder + target;

function injectedFile(
  file: z.infer<typeof fileReference>,
  sources: ProjectModel["configs"],
  folder: string,
): InjectedFile[] {
  const { content, environment } = sources?.[file.source] ?? {};
  if (content === undefined && environment === undefined) return [];
  return [{
    target: inFolder(folder, file.target ?? file.source),
    source: content !== undefined
      ? { kind: "content", content }
      : { kind: "environment", variable: environment! },
    uid: file.uid ?? 0,
    gid: file.gid ?? 0,
    mode: modeOf(file.mode),
  }];
}

/** Compose writes the mode as octal digits; a world-readable file is its default. */
function modeOf(mode: string | number | undefined): number {
  if (mode === undefined) return 0o444;
  return typeof mode === "number" ? mode : parseInt(mode, 8);
}
