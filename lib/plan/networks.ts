import { isLowestFree } from "./addresses.ts";
import type { Attachment } from "./model.ts";

/** What the engine says of a container and its networks. */
export interface ContainerNetworks {
  /** The network that the container was created for; from its state the container's is told. */
  primary: string;
  /** Why it cannot leave a network and come back the same, in words; absent: it can. */
  tie?: string;
  places: Place[];
}

/** A container's place in a network. */
export interface Place extends Attachment {
  /** Its IPv4 address; empty if it does not run. */
  address: string;
  /** Why addresses in this network cannot be told ahead, in words; absent: they can. */
  doubt?: string;
  /** IPv4 subnet of the network, such as `172.18.0.0/16`; empty if there is a doubt. */
  subnet: string;
  /** All IPv4 addresses that are taken in it, its own included. */
  taken: string[];
}

/** A connection to make. */
export interface Replug {
  to: Attachment;
  /** Whether it has to leave the network first. */
  isConnected: boolean;
}

/** What to do about a container's names. */
export interface Replugging {
  /** In an order in which the state of the primary network tells whether it is finished. */
  replugs: Replug[];
  /** Why names stay as they are, or what is lost by giving them; absent: all is well. */
  warning?: string;
}

/** A container that has none of its service's names in a network has been hidden there. */
const isHidden = ({ aliases }: Attachment): boolean => aliases.length === 0;

/**
 * How to take a container out of its service's names without a change of its address: through
 * that, connections to it live on.
 *
 * @param networks How it is in its networks, and is to be again.
 */
export function hiding(seen: ContainerNetworks, networks: Attachment[]): Replugging {
  const stays = (why: string) => ({ replugs: [], warning: `its names stay, as ${why}` });
  if (seen.tie !== undefined) return stays(seen.tie);
  const named = seen.places.filter((place) => !isHidden(place));
  for (const place of named) {
    const wanted = networks.find(({ network }) => network === place.network);
    if (!wanted || !isSame(wanted, place)) {
      return stays(`it is in ${place.network} otherwise than the Compose files say`);
    }
    const change = changeOfAddress(place);
    if (change !== undefined) return stays(change);
  }
  const replugs = named.map(({ network, driverOpts, linkLocalIps, gwPriority }) => ({
    to: { network, aliases: [], driverOpts, linkLocalIps, gwPriority },
    isConnected: true,
  }));
  return { replugs: primaryFirst(replugs, seen) };
}

/** How to give a container its names back where it lacks them, whatever becomes of its address. */
export function revealing(seen: ContainerNetworks, networks: Attachment[]): Replugging {
  const at = new Map(seen.places.map((place) => [place.network, place]));
  if (at.has(seen.primary) && !seen.places.some(isHidden)) return { replugs: [] };
  const lacking = networks.filter((to) =>
    !isHidden(to) && (!at.has(to.network) || isHidden(at.get(to.network)!))
  );
  const replugs = lacking.map((to) => ({ to, isConnected: at.has(to.network) }));
  const changes = lacking.flatMap(({ network }) => {
    const place = at.get(network);
    return place ? changeOfAddress(place) ?? [] : [];
  });
  const warning = changes.length > 0
    ? { warning: `connections that it has made may be lost, as ${changes[0]}` }
    : {};
  return { replugs: primaryFirst(replugs, seen).reverse(), ...warning };
}

/** Whether any address is another one than before, which cuts connections. */
export function moved(before: ContainerNetworks, after: ContainerNetworks): string | undefined {
  const now = new Map(after.places.map(({ network, address }) => [network, address]));
  const place = before.places.find(({ network, address }) =>
    address !== "" && now.get(network) !== address
  );
  return place && `its address was ${place.address} and is ${now.get(place.network) || "none"} ` +
      "now, so its connections are lost";
}

/** Why a container that runs would come back with another address; nothing if it would not. */
function changeOfAddress({ network, address, doubt, subnet, taken }: Place): string | undefined {
  if (address === "") return undefined;
  if (doubt !== undefined) return doubt;
  return isLowestFree(address, subnet, taken)
    ? undefined
    : `its address ${address} would change: a lower one of ${network} is free`;
}

function isSame(a: Attachment, b: Attachment): boolean {
  const text = ({ aliases, driverOpts = {}, linkLocalIps = [], gwPriority = 0 }: Attachment) =>
    JSON.stringify([
      [...new Set(aliases)].sort(),
      Object.entries(driverOpts).sort(),
      [...linkLocalIps].sort(),
      gwPriority,
    ]);
  return text(a) === text(b);
}

/** It is the first to go and the last to come back, so that no state in between looks whole. */
function primaryFirst(replugs: Replug[], { primary }: ContainerNetworks): Replug[] {
  const isPrimary = ({ to }: Replug) => to.network === primary;
  return [...replugs.filter(isPrimary), ...replugs.filter((replug) => !isPrimary(replug))];
}
