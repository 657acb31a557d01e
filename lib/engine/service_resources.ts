import * as z from "../deps/zod.ts";
import type { DesiredService } from "../plan/model.ts";
import type { External, NetworkDefinition, VolumeDefinition } from "../plan/resources.ts";
import { networkName, networksIn } from "./attachments.ts";
import type { ProjectModel, Service } from "./decode_project.ts";

/** A volume of the Compose files. */
export const volumeSchema = z.looseObject({
  driver: z.string().nullish(),
  driver_opts: z.record(z.string(), z.coerce.string()).nullish(),
  external: z.unknown().optional(),
  labels: z.record(z.string(), z.coerce.string()).nullish(),
  name: z.string().optional(),
}).nullish();

type Resources = Pick<
  DesiredService,
  | "externals"
  | "networkDefinitions"
  | "volumes"
  | "mountedAt"
  | "anonymousVolumes"
  | "hasPreStart"
>;

/** What a service uses that is there before its containers; what it does not use is absent. */
export function resourcesOf(service: Service, model: ProjectModel): Resources {
  const named = namedVolumes(service, model);
  const externals = [...externalNetworks(service, model), ...named.externals];
  const networks = definedNetworks(service, model);
  const mounts = service.volumes ?? [];
  const at = [...mounts.flatMap(({ target }) => target ?? []), ...tmpfsOf(service)];
  const anonymous = mounts.filter(({ type, source }) => type === "volume" && !source)
    .flatMap(({ target }) => target ?? []);
  return {
    ...(externals.length > 0 ? { externals } : {}),
    ...(networks.length > 0 ? { networkDefinitions: networks } : {}),
    ...(named.own.length > 0 ? { volumes: named.own } : {}),
    ...(at.length > 0 ? { mountedAt: at } : {}),
    ...(anonymous.length > 0 ? { anonymousVolumes: anonymous } : {}),
    ...(service.pre_start?.length ? { hasPreStart: true } : {}),
  };
}

function externalNetworks(service: Service, model: ProjectModel): External[] {
  return Object.keys(networksIn(service)).filter((key) => model.networks?.[key]?.external)
    .map((key) => ({ kind: "network", path: `networks.${key}`, name: networkName(key, model) }));
}

/** Those that are more than a name, as others need no look. */
function definedNetworks(service: Service, model: ProjectModel): NetworkDefinition[] {
  return Object.keys(networksIn(service)).flatMap((key): NetworkDefinition[] => {
    const { driver, driver_opts, external, internal, ipam, labels } = model.networks?.[key] ?? {};
    const subnets = (ipam?.config ?? []).flatMap(({ subnet }) => subnet ?? []);
    const options = driver_opts ?? {};
    const isMore = driver || internal || subnets.length > 0 ||
      Object.keys({ ...options, ...labels }).length > 0;
    if (external || !isMore) return [];
    return [{
      path: `networks.${key}`,
      name: networkName(key, model),
      driver: driver ?? "",
      options,
      labels: labels ?? {},
      isInternal: internal === true,
      subnets,
    }];
  });
}

function namedVolumes({ volumes }: Service, model: ProjectModel) {
  const used = (volumes ?? []).filter(({ type }) => type === "volume")
    .flatMap(({ source }) => source ?? []);
  const externals: External[] = [];
  const own: VolumeDefinition[] = [];
  for (const key of new Set(used)) {
    const volume = model.volumes?.[key];
    const path = `volumes.${key}`;
    if (volume?.external) externals.push({ kind: "volume", path, name: volume.name ?? key });
    else {
      own.push({
        path,
        name: volume?.name ?? `${model.name}_${key}`,
        driver: volume?.driver ?? "",
        options: volume?.driver_opts ?? {},
        labels: volume?.labels ?? {},
      });
    }
  }
  return { externals, own };
}

/** Its options stand behind a colon. */
const tmpfsOf = ({ tmpfs }: Service): string[] => [tmpfs ?? []].flat().map((x) => x.split(":")[0]);
