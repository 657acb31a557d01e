import * as z from "../deps/zod.ts";
import type { Attachment, DesiredService, NetworkTie } from "../plan/model.ts";

/** A network in a service of the Compose files. */
export const serviceNetworkSchema = z.looseObject({
  aliases: z.array(z.string()).nullish(),
  driver_opts: z.record(z.string(), z.coerce.string()).nullish(),
  gw_priority: z.number().nullish(),
  interface_name: z.string().optional(),
  ipv4_address: z.string().optional(),
  ipv6_address: z.string().optional(),
  link_local_ips: z.array(z.string()).nullish(),
  mac_address: z.string().optional(),
}).nullish();

/** A network of the Compose files. */
export const networkSchema = z.looseObject({
  driver: z.string().nullish(),
  driver_opts: z.record(z.string(), z.coerce.string()).nullish(),
  external: z.unknown().optional(),
  internal: z.boolean().nullish(),
  ipam: z.looseObject({
    config: z.array(z.looseObject({ subnet: z.string().optional() })).nullish(),
  }).nullish(),
  labels: z.record(z.string(), z.coerce.string()).nullish(),
  name: z.string().optional(),
}).nullish();

/** What of a service decides how its containers are in networks. */
interface NetworkedService {
  external_links?: string[] | null;
  links?: string[] | null;
  mac_address?: string;
  network_mode?: string;
  networks?: Record<string, z.infer<typeof serviceNetworkSchema>> | null;
  ports?: unknown[] | null;
}

/** How Compose attaches a service's containers to networks, and what stands against undoing it. */
export function attachments(
  name: string,
  service: NetworkedService,
  project: { name: string; networks?: Record<string, z.infer<typeof networkSchema>> | null },
): Pick<DesiredService, "networks" | "networkTies"> {
  const networks = Object.entries(networksIn(service)).map(([key, options]): Attachment => {
    const { driver_opts, link_local_ips, gw_priority } = options ?? {};
    return {
      network: networkName(key, project),
      aliases: [...new Set([name, ...options?.aliases ?? []])],
      ...(driver_opts && Object.keys(driver_opts).length > 0 ? { driverOpts: driver_opts } : {}),
      ...(link_local_ips?.length ? { linkLocalIps: link_local_ips } : {}),
      ...(gw_priority ? { gwPriority: gw_priority } : {}),
    };
  });
  const ties = tiesOf(name, service);
  return {
    ...(networks.length > 0 ? { networks } : {}),
    ...(ties.length > 0 ? { networkTies: ties } : {}),
  };
}

/** The networks of a service, by their keys, the one that it is in by itself included. */
export function networksIn(
  { networks, network_mode }: Pick<NetworkedService, "networks" | "network_mode">,
): NonNullable<NetworkedService["networks"]> {
  const isEmpty = Object.keys(networks ?? {}).length === 0;
  // In its compatible mode Compose does not print what holds where the files are silent.
  return isEmpty && !network_mode ? { default: null } : networks ?? {};
}

/** A network's name on the engine. */
export function networkName(
  key: string,
  { name, networks }: Parameters<typeof attachments>[2],
): string {
  const network = networks?.[key];
  return network?.name ?? (network?.external ? key : `${name}_${key}`);
}

function tiesOf(name: string, service: NetworkedService): NetworkTie[] {
  const at = `services.${name}`;
  const fixed = Object.entries(service.networks ?? {}).filter(([, options]) =>
    options?.ipv4_address ?? options?.ipv6_address ?? options?.mac_address
  );
  return [
    ...(service.ports?.length
      ? [{ path: `${at}.ports`, reason: "host ports could be other ones afterwards" }]
      : []),
    ...fixed.map(([network]) => ({
      path: `${at}.networks.${network}`,
      reason: "an address of its own would not be given back",
    })),
    ...(service.mac_address !== undefined
      ? [{ path: `${at}.mac_address`, reason: "it would not be given back" }]
      : []),
    ...(["links", "external_links"] as const).filter((key) => service[key]?.length)
      .map((key) => ({ path: `${at}.${key}`, reason: "links would not be given back" })),
  ];
}
