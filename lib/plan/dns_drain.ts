import type { Finding } from "./finding.ts";
import type { DesiredService } from "./model.ts";

/** A service, and why it is drained otherwise than its files say. */
export interface DnsDrain {
  service: DesiredService;
  findings: Finding[];
}

/**
 * A service with `drain.dns` off where hiding its replicas could do harm: where addresses may not
 * stay the same, or something is lost with a network.
 */
export function checkDnsDrain(service: DesiredService, isPodman: boolean): DnsDrain {
  if (!service.drain.dns) return { service, findings: [] };
  const reason = obstacle(service, isPodman);
  if (reason === undefined) return { service, findings: [] };
  const finding: Finding = {
    severity: "warning",
    name: "dns-drain",
    path: `services.${service.name}.x-kerek.drain.dns`,
    reason: `replicas keep their names until they end, as ${reason}`,
    remedy: "Change that, or set dns to false.",
  };
  return { service: { ...service, drain: { ...service.drain, dns: false } }, findings: [finding] };
}

/** Why hiding could do harm; nothing if it could not. */
function obstacle(
  { update, rollback, replicas, networks = [], networkTies: ties = [], containerName }:
    DesiredService,
  isPodman: boolean,
): string | undefined {
  if (isPodman) return "Podman gives out addresses in another way";
  if (containerName !== undefined) {
    return "only Compose itself can replace what has a container_name";
  }
  if (networks.length === 0) return "the service has no network in which it has names";
  if (ties.length > 0) return `there is ${ties[0].path}, and ${ties[0].reason}`;
  const [name, atOnce] = update.parallelism !== 1
    ? ["parallelism", update.parallelism]
    : ["rollback_config.parallelism", rollback.parallelism];
  return atOnce !== 1 && replicas > 1
    ? `${name} is ${atOnce}, and addresses stay the same only one by one`
    : undefined;
}
