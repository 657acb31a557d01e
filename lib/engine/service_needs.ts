import type { DesiredService, EngineNeed, PortRange, WritableVolume } from "../plan/model.ts";
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

/** An older engine refuses these, or, with a `subpath`, mounts the whole volume without a word. */
function engineNeedsOf(at: string, { healthcheck, volumes }: Service): EngineNeed[] {
  return [
    ...(healthcheck?.start_interval
      ? [{ path: `${at}.healthcheck.start_interval`, version: 25 }]
      : []),
    ...(volumes ?? []).flatMap(({ type, volume }, i) => [
      ...(volume?.subpath ? [{ path: `${at}.volumes[${i}].volume.subpath`, version: 26 }] : []),
      ...(type === "image" ? [{ path: `${at}.volumes[${i}].type`, version: 28 }] : []),
    ]),
  ];
}
