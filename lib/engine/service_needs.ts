import type { DesiredService } from "../plan/model.ts";
import type { EngineNeed, PortRange, WritableVolume } from "../plan/resources.ts";
import type { Service } from "./decode_project.ts";
import { durationMs } from "./duration.ts";

type Needs = Pick<
  DesiredService,
  "portRanges" | "writableVolumes" | "healthIntervalMs" | "engineNeeds"
>;

/** The engine's own interval of healthchecks (Dockerfile reference, HEALTHCHECK). */
const defaultIntervalMs = 30_000;

/** What a service takes of the host and of the engine; what it does not take is absent. */
export function needsOf(name: string, service: Service): Needs {
  const at = `services.${name}`;
  const [ports, volumes] = [portRanges(at, service), writableVolumes(at, service)];
  const healthIntervalMs = longWait(service);
  const engineNeeds = engineNeedsOf(at, service);
  return {
    ...(ports.length > 0 ? { portRanges: ports } : {}),
    ...(volumes.length > 0 ? { writableVolumes: volumes } : {}),
    ...(healthIntervalMs !== undefined ? { healthIntervalMs } : {}),
    ...(engineNeeds.length > 0 ? { engineNeeds } : {}),
  };
}

function portRanges(at: string, { ports }: Service): PortRange[] {
  return (ports ?? []).flatMap(({ published, host_ip, protocol }, i): PortRange[] => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(String(published ?? "")) ?? [];
    // Zero stands for any.
    if (first === undefined || Number(first) === 0) return [];
    return [{
      path: `${at}.ports[${i}]`,
      published: String(published),
      first: Number(first),
      size: Number(last) - Number(first) + 1,
      ...(host_ip ? { hostIp: host_ip } : {}),
      ...(protocol && protocol !== "tcp" ? { protocol } : {}),
    }];
  });
}

function writableVolumes(at: string, { volumes }: Service): WritableVolume[] {
  return (volumes ?? []).flatMap(({ type, source, read_only }, i) =>
    type === "volume" && source && !read_only ? [{ path: `${at}.volumes[${i}]`, name: source }] : []
  );
}

function longWait({ healthcheck }: Service): number | undefined {
  if (!healthcheck?.test || healthcheck.disable || healthcheck.start_interval) return undefined;
  return healthcheck.interval ? durationMs(healthcheck.interval) : defaultIntervalMs;
}

/** What older engines do not do, and where a service asks for it. */
interface EngineLack {
  version: string;
  isLeftOut?: boolean;
  in(service: Service): string[];
}

/**
 * By the version history of the Docker Engine API. Engines or Compose refuse these, or the engine,
 * with a `subpath`, mounts the whole volume, or it leaves them out without a word.
 */
const engineTable: EngineLack[] = [
  {
    version: "24",
    isLeftOut: true,
    in: ({ annotations }) => isFilled(annotations) ? ["annotations"] : [],
  },
  {
    version: "25",
    in: ({ healthcheck }) => healthcheck?.start_interval ? ["healthcheck.start_interval"] : [],
  },
  {
    version: "26",
    in: (service) => mounts(service, ({ volume }) => volume?.subpath, "volume.subpath"),
  },
  { version: "28", in: (service) => mounts(service, ({ type }) => type === "image", "type") },
  { version: "28", isLeftOut: true, in: (service) => endpoints(service, "gw_priority") },
  { version: "28.1", in: (service) => endpoints(service, "interface_name") },
];

function engineNeedsOf(at: string, service: Service): EngineNeed[] {
  return engineTable.flatMap(({ version, isLeftOut, in: places }) =>
    places(service).map((path) => ({
      path: `${at}.${path}`,
      version,
      ...(isLeftOut ? { isLeftOut } : {}),
    }))
  );
}

type Mount = NonNullable<Service["volumes"]>[number];

const mounts = ({ volumes }: Service, has: (mount: Mount) => unknown, key: string): string[] =>
  (volumes ?? []).flatMap((mount, i) => has(mount) ? [`volumes[${i}].${key}`] : []);

const endpoints = ({ networks }: Service, key: "gw_priority" | "interface_name"): string[] =>
  Object.entries(networks ?? {}).flatMap(([name, end]) =>
    end?.[key] ? [`networks.${name}.${key}`] : []
  );

const isFilled = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;
