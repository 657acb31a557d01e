import * as z from "../deps/zod.ts";
import type { Attachment } from "../plan/model.ts";
import type { ContainerNetworks, Place } from "../plan/networks.ts";
import * as argv from "./argv.ts";
import { decode, parseJson } from "./decode.ts";
import type { Programs } from "./programs.ts";

const list = z.array(z.string()).nullish();

/** A container's end of a network, as `docker container inspect` has it. */
export const endpointSchema = z.looseObject({
  Aliases: list,
  DriverOpts: z.record(z.string(), z.string()).nullish(),
  GwPriority: z.number().nullish(),
  IPAMConfig: z.looseObject({
    IPv4Address: z.string().optional(),
    IPv6Address: z.string().optional(),
    LinkLocalIPs: list,
  }).nullish(),
  Gateway: z.string().nullish(),
  IPAddress: z.string().nullish(),
  GlobalIPv6Address: z.string().nullish(),
  Links: list,
}).nullish();

/** What of a container's own settings matters to its networks. */
export const hostNetworkSchema = {
  NetworkMode: z.string().optional(),
  PortBindings: z.record(z.string(), z.unknown()).nullish(),
};

/** What is known of a container and its networks by itself. */
export interface Attached {
  /** The name that Compose gave it, and as an alias, too; it may have another one by now. */
  composeName: string;
  primary: string;
  tie?: string;
  ends: (Attachment & { address: string; gateway: string; hasIpv6: boolean })[];
}

/** A container as far as its networks go. */
interface NetworkedContainer {
  Id: string;
  Name: string;
  Config: { MacAddress?: string };
  HostConfig: { NetworkMode?: string; PortBindings?: Record<string, unknown> | null };
  NetworkSettings?: { Networks?: Record<string, z.infer<typeof endpointSchema>> | null } | null;
}

/**
 * How a container is in its networks.
 *
 * @param composeNumber The number that Compose gave it.
 */
export function attachedOf(container: NetworkedContainer, composeNumber: number): Attached {
  const name = container.Name.replace(/^\//, "");
  const composeName = name.replace(/\d+$/, String(composeNumber));
  const own = [name, composeName, container.Id.slice(0, 12)];
  const { HostConfig: host, Config: config, NetworkSettings: settings } = container;
  const ends = Object.entries(settings?.Networks ?? {});
  const isTied = ends.some(([, end]) =>
    end?.IPAMConfig?.IPv4Address || end?.IPAMConfig?.IPv6Address
  );
  const tie = Object.keys(host.PortBindings ?? {}).length > 0
    ? "it has ports of the host"
    : isTied || config.MacAddress
    ? "it has an address of its own in the Compose files"
    : ends.some(([, end]) => end?.Links?.length)
    ? "it has links to other containers"
    : undefined;
  return {
    composeName,
    primary: host.NetworkMode ?? "",
    ...(tie === undefined ? {} : { tie }),
    ends: ends.map(([network, end]) => ({
      ...attachment(network, end, own),
      address: end?.IPAddress ?? "",
      gateway: end?.Gateway ?? "",
      hasIpv6: Boolean(end?.GlobalIPv6Address),
    })),
  };
}

function attachment(
  network: string,
  end: z.infer<typeof endpointSchema>,
  own: string[],
): Attachment {
  const { Aliases, DriverOpts, IPAMConfig, GwPriority } = end ?? {};
  const linkLocalIps = IPAMConfig?.LinkLocalIPs ?? [];
  // The engine or kerek add a container's name and id by themselves.
  return {
    network,
    aliases: (Aliases ?? []).filter((alias) => !own.includes(alias)),
    ...(Object.keys(DriverOpts ?? {}).length > 0 ? { driverOpts: DriverOpts! } : {}),
    ...(linkLocalIps.length > 0 ? { linkLocalIps } : {}),
    ...(GwPriority ? { gwPriority: GwPriority } : {}),
  };
}

/** Networks in which nobody is found by name, or which are another container's. */
const isNameless = (mode: string): boolean =>
  ["", "default", "bridge", "host", "none"].includes(mode) || mode.startsWith("container:");

/**
 * Whether a container lacks its service's name where Compose always gives it: as hiding begins
 * with the network that it was created for, and revealing ends with it, that one tells.
 */
export function lacksName({ primary, ends }: Attached, service: string): boolean {
  if (isNameless(primary)) return false;
  return !ends.some(({ network, aliases }) => network === primary && aliases.includes(service));
}

const networkSchema = z.looseObject({
  Name: z.string(),
  Driver: z.string(),
  EnableIPv6: z.boolean().optional(),
  IPAM: z.looseObject({
    Driver: z.string().optional(),
    Config: z.array(z.looseObject({
      Subnet: z.string().optional(),
      IPRange: z.string().optional(),
      Gateway: z.string().optional(),
      AuxiliaryAddresses: z.record(z.string(), z.string()).nullish(),
    })).nullish(),
  }),
  Containers: z.record(z.string(), z.looseObject({ IPv4Address: z.string().optional() })).nullish(),
});

/** What a container's networks are like, and who else is in them. */
export async function networksOf(
  programs: Programs,
  { primary, tie, ends }: Attached,
): Promise<ContainerNetworks> {
  const names = ends.map(({ network }) => network);
  const what = "the engine's networks";
  const json = names.length > 0 ? await programs.readEngine(argv.inspectNetworks(names)) : "[]";
  const networks = decode(z.array(networkSchema), parseJson(json, what), what);
  const places = ends.map(({ address, gateway, hasIpv6, ...attachment }): Place => {
    const network = networks.find(({ Name: name }) => name === attachment.network);
    const doubt = doubtOf(network, hasIpv6);
    return {
      ...attachment,
      address,
      ...(doubt === undefined ? {} : { doubt: `${attachment.network} ${doubt}` }),
      subnet: network?.IPAM.Config?.[0]?.Subnet ?? "",
      taken: network ? takenIn(network, gateway) : [],
    };
  });
  return { primary, ...(tie === undefined ? {} : { tie }), places };
}

/** Only of plain networks it is known which address comes next. */
function doubtOf(network: z.infer<typeof networkSchema> | undefined, hasIpv6: boolean) {
  const [config, ...more] = network?.IPAM.Config ?? [];
  if (network?.Driver !== "bridge") return "is not a bridge network of this engine";
  if (hasIpv6 || network.EnableIPv6) return "has IPv6 addresses";
  if (!config?.Subnet || config.IPRange || more.length > 0) return "has address ranges of its own";
  return (network.IPAM.Driver ?? "default") === "default"
    ? undefined
    : "has its own way to address";
}

/**
 * Addresses that are not free.
 *
 * @param gateway The router as a container has it: of a network whose files give a subnet alone, the
 * network itself does not say.
 */
function takenIn(
  { IPAM: ipam, Containers: containers }: z.infer<typeof networkSchema>,
  gateway: string,
): string[] {
  const [{ Gateway: given, AuxiliaryAddresses: reserved }] = ipam.Config ?? [{}];
  const others = Object.values(containers ?? {}).map((x) => (x.IPv4Address ?? "").split("/")[0]);
  const all = [given ?? "", gateway, ...Object.values(reserved ?? {}), ...others];
  return [...new Set(all)].filter((x) => x);
}
