import type { Facts, ProvisionedEngine } from "./facts.ts";

/** Systems that are supported, with the names that people know. */
export const systems = ["debian 12", "debian 13", "ubuntu 22.04", "ubuntu 24.04"] as const;

/** One of {@linkcode systems}. */
export type System = typeof systems[number];

/** The system that a host is, if it is supported. */
export function systemOf({ id, version }: Pick<Facts, "id" | "version">): System | undefined {
  return systems.find((system) => system === `${id} ${version}`);
}

/** Debian's docker.io fails without a parser where the kernel has AppArmor. */
const docker = ["docker.io", "iptables", "apparmor", "ca-certificates"];

const podman = ["podman", "catatonit", "dbus-user-session", "uidmap"];

const podman4 = [
  ...podman,
  "aardvark-dns",
  "fuse-overlayfs",
  "iptables",
  "netavark",
  "slirp4netns",
];

/** What an engine needs. Named one by one as recommended packages would bring in builders. */
const table: Record<ProvisionedEngine, Record<System, readonly string[]>> = {
  docker: {
    "debian 12": docker,
    // The client has been a package of its own since.
    "debian 13": [...docker, "docker-cli"],
    "ubuntu 22.04": docker,
    "ubuntu 24.04": docker,
  },
  // Podman does not depend on a firewall, but starts no container with a network without one:
  // iptables or, since netavark 1.12, nftables.
  podman: {
    "debian 12": podman4,
    "debian 13": [...podman, "nftables", "aardvark-dns", "netavark", "passt"],
    // Before Podman 4, names within networks are this plugin's.
    "ubuntu 22.04": [
      ...podman,
      "iptables",
      "fuse-overlayfs",
      "golang-github-containernetworking-plugin-dnsname",
      "slirp4netns",
    ],
    "ubuntu 24.04": podman4,
  },
};

/** The packages of an engine on a system. */
export function packagesOf(engine: ProvisionedEngine, system: System): readonly string[] {
  return table[engine][system];
}

/** All packages of an engine on whatever system. */
export function allPackages(engine: ProvisionedEngine): string[] {
  return [...new Set(Object.values(table[engine]).flat())].sort();
}
