/** What a service claims and uses besides containers: ports, networks, volumes, the engine. */

/** A host port, address or the like that only one running container can hold. */
export interface ExclusiveClaim {
  /** Path in the Compose files, such as `services.web.ports[0]`. */
  path: string;
  /** What is claimed, such as `host port 8080`. */
  what: string;
}

/** Host ports that the engine chooses from, or a single one. */
export interface PortRange {
  /** Path in the Compose files, such as `services.web.ports[0]`. */
  path: string;
  /** First and last one, such as `8000-8002`. */
  published: string;
  /** The first one as a number. */
  first: number;
  /** How many there are. */
  size: number;
  /** Absent: all addresses of the host. */
  hostIp?: string;
  /** Absent: tcp. */
  protocol?: string;
}

/** A host port that a running container holds. */
export interface HeldPort {
  /** Id of the container. */
  id: string;
  /** Name of the container. */
  name: string;
  /** Its number. */
  port: number;
  /** Address of the host; empty: all of them. */
  hostIp: string;
  /** `tcp` or `udp`. */
  protocol: string;
}

/** Something in the Compose files that an older engine does not do. */
export interface EngineNeed {
  /** Path in the Compose files, such as `services.web.healthcheck.start_interval`. */
  path: string;
  /** Oldest version of Docker Engine that does it, such as `28.1`. */
  version: string;
  /** Whether an older one leaves it out without a word, and all else works; absent: no. */
  isLeftOut?: boolean;
}

/** A network or a volume that is to be there without Compose's making it (`external`). */
export interface External {
  /** What it is. */
  kind: "network" | "volume";
  /** Path in the Compose files, such as `networks.front`. */
  path: string;
  /** Its name on the engine. */
  name: string;
}

/** What a volume is made of, which nothing can change later on. */
export interface VolumeMake {
  /** Its name on the engine. */
  name: string;
  /** `local`, or the name of a plugin. */
  driver: string;
  /** What the driver is told. */
  options: Record<string, string>;
  /** Its labels without Compose's own. */
  labels: Record<string, string>;
}

/** A volume as the Compose files define it. */
export interface VolumeDefinition extends VolumeMake {
  /** Path in the Compose files, such as `volumes.data`. */
  path: string;
}

/** What a network is made of, which nothing can change later on. */
export interface NetworkMake {
  /** Its name on the engine. */
  name: string;
  /** `bridge`, for example. */
  driver: string;
  /** What the driver is told, besides what engines add by themselves. */
  options: Record<string, string>;
  /** Its labels without Compose's own. */
  labels: Record<string, string>;
  /** Whether it has no way out. */
  isInternal: boolean;
  /** Its address ranges, such as `10.0.0.0/24`. */
  subnets: string[];
}

/** A network as the Compose files define it; an empty driver and no ranges are the engine's choice. */
export interface NetworkDefinition extends NetworkMake {
  /** Path in the Compose files, such as `networks.front`. */
  path: string;
}

/** A named volume that a service writes to. */
export interface WritableVolume {
  /** Path in the Compose files, such as `services.web.volumes[0]`. */
  path: string;
  /** Its key under `volumes`. */
  name: string;
}
