import { isUp } from "./diff.ts";
import type { Finding } from "./finding.ts";
import type { Replica, ServiceChange } from "./model.ts";
import type { HeldPort, PortRange } from "./resources.ts";
import type { Known } from "./preflight.ts";

/**
 * Host ports that are too few: for all replicas, as there are not more or others hold them, or for
 * the new ones beside the old ones.
 *
 * @param overlaps Whether old and new containers are to run at the same time.
 */
export function portFindings(
  change: ServiceChange,
  overlaps: boolean,
  { heldPorts = [], actual, services }: Pick<Known, "heldPorts" | "actual" | "services">,
): Finding[] {
  const { desired, swaps, adds } = change;
  if (!desired || swaps.length + adds.length === 0) return [];
  return (desired.portRanges ?? []).flatMap((range): Finding[] => {
    const others = held(range, heldPorts.filter(({ id }) => !ownIds(change).has(id)));
    const usable = range.size - new Set(others.map(({ port }) => port)).size;
    if (usable < desired.replicas) {
      const names = new Set(services.map(({ name }) => name));
      const orphan = actual.find(({ id, service }) =>
        !names.has(service) && others.some((other) => other.id === id)
      );
      return [tooFew(range, desired.replicas, usable, others, orphan)];
    }
    // A single one is refused for its own sake.
    return overlaps && range.size > 1 ? overlapFindings(change, range, usable) : [];
  });
}

function tooFew(
  { path, published, size }: PortRange,
  replicas: number,
  usable: number,
  others: HeldPort[],
  orphan?: Replica,
): Finding {
  const need = replicas === 1
    ? "1 replica needs a host port"
    : `${replicas} replicas need a host port each`;
  const names = [...new Set(others.map(({ name }) => name))].join(", ");
  return {
    severity: "error",
    path,
    reason: `${need}, and ${published} ${size === 1 ? "is a single one" : `are ${size}`}` +
      (others.length === 0
        ? ""
        : size === 1
        ? `, which ${names} holds`
        : `, of which ${names} ${others.length > 1 ? "hold" : "holds"} ${size - usable}`),
    remedy: orphan
      ? `The files define no service of ${orphan.name} any more: \`docker stop ${orphan.name}\` ` +
        "frees the port, when an outage is acceptable."
      : "Ask for fewer replicas or other ports, or let a reverse proxy hold the port.",
  };
}

/** A swap may begin while the old container before is being stopped, so two at a time may overlap. */
function overlapFindings(
  { desired, swaps, keeps, removals }: ServiceChange,
  range: PortRange,
  usable: number,
): Finding[] {
  const { name, update } = desired!;
  const olds = [...keeps, ...removals, ...swaps.map(({ old }) => old)].filter(isUp);
  const free = usable - olds.reduce((sum, old) => sum + holds(old, range), 0);
  const isKnown = olds.every(({ hostPorts }) => hostPorts !== undefined);
  const parallelism = update.parallelism === 0 ? swaps.length : update.parallelism;
  const most = Math.min(swaps.length, 2 * parallelism);
  if (free >= most) return [];
  const few = free <= 0 ? "none" : `only ${free}`;
  const text = {
    path: range.path,
    reason:
      `with order start-first, ${few} of the host ports ${range.published} ${
        free > 1 ? "are" : "is"
      } free beside ` +
      `${olds.length === 1 ? "the old container" : `the ${olds.length} old containers`}`,
    remedy: `Widen the range by ${most - Math.max(0, free)}, or set ` +
      `services.${name}.deploy.update_config.order to stop-first.`,
  };
  if (free <= 0 && isKnown) return [{ severity: "error", ...text }];
  return [{ severity: "warning", name: "host-ports", ...text }];
}

function ownIds({ swaps, keeps, removals }: ServiceChange): Set<string> {
  return new Set([...keeps, ...removals, ...swaps.map(({ old }) => old)].map(({ id }) => id));
}

/** Those that a container of the range could not have. */
function held({ first, size, hostIp, protocol = "tcp" }: PortRange, ports: HeldPort[]): HeldPort[] {
  return ports.filter((other) =>
    other.protocol === protocol && other.port >= first && other.port < first + size &&
    (isAnywhere(hostIp) || isAnywhere(other.hostIp) || other.hostIp === hostIp)
  );
}

/** How many ports of the range an old container holds; one, where that is not known. */
const holds = ({ hostPorts }: Replica, range: PortRange): number =>
  hostPorts === undefined ? 1 : new Set(held(range, hostPorts).map(({ port }) => port)).size;

const isAnywhere = (hostIp = ""): boolean => ["", "0.0.0.0", "::"].includes(hostIp);
