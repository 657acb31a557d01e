import { losesAnonymousVolumes } from "../plan/anonymous_volume_findings.ts";
import type { DesiredService, Replica } from "../plan/model.ts";
import { checksHealthItself } from "../plan/refs.ts";
import type { VolumeMake } from "../plan/resources.ts";
import type { Known } from "../plan/preflight.ts";
import * as argv from "./argv.ts";
import type { Programs } from "./programs.ts";
import type { Output } from "./spawn.ts";

/** What preflight wants to know besides services and replicas. */
export type Circumstances = Omit<Known, "services" | "actual">;

/** What services that change depend on besides; each is looked at only if one of them does. */
export async function circumstances(
  programs: Programs,
  services: DesiredService[],
  replicas: Replica[],
): Promise<Circumstances> {
  const externals = (kind: "network" | "volume") =>
    services.flatMap((x) => x.externals ?? []).filter((x) => x.kind === kind).map((x) => x.name);
  const volumes = services.flatMap((x) => x.volumes ?? []).map(({ name }) => name);
  // Podman tells of networks in another way.
  const defined = programs.clients.isPodman
    ? []
    : services.flatMap((x) => x.networkDefinitions ?? []).map(({ name }) => name);
  const [heldPorts, engineVersion, networks, presentVolumes, imageVolumes, uncheckedImages] =
    await Promise.all([
      services.some(({ portRanges }) => portRanges) ? readHeldPorts(programs) : undefined,
      services.some((x) => x.engineNeeds || x.healthIntervalMs !== undefined)
        ? readEngineVersion(programs)
        : undefined,
      readNetworks(programs, distinct(externals("network")), distinct(defined)),
      readVolumes(programs, distinct([...externals("volume"), ...volumes])),
      readImageVolumes(programs, distinct(imagesToCome(services, replicas))),
      readUncheckedImages(programs, distinct(imagesToRunChecksOf(services))),
    ]);
  return { heldPorts, engineVersion, ...networks, presentVolumes, imageVolumes, uncheckedImages };
}

/** A container that goes in the meantime makes the exit code bad and the rest no less true. */
async function readHeldPorts(programs: Programs): Promise<Known["heldPorts"]> {
  const ids = (await programs.readEngine(argv.listRunning())).split("\n").filter((line) => line);
  if (ids.length === 0) return [];
  const { decodeHeldPorts } = await import("./decode_containers.ts");
  return decodeHeldPorts((await programs.tryEngine(argv.inspectContainers(ids))).stdout);
}

/** Podman's versions are its own. */
async function readEngineVersion(programs: Programs): Promise<string | undefined> {
  if (programs.clients.isPodman) return undefined;
  const { stdout } = await programs.tryEngine(argv.engineVersion());
  return /^\d+\.\d+/.exec(stdout)?.[0];
}

async function readNetworks(
  programs: Programs,
  externals: string[],
  defined: string[],
): Promise<Pick<Known, "missingNetworks" | "presentNetworks">> {
  const names = distinct([...externals, ...defined]);
  if (names.length === 0) return {};
  const output = await programs.tryEngine(argv.inspectNetworks(names));
  if (!isOnlyMissing(output)) return {};
  const { decodeNetworks } = await import("./decode_resources.ts");
  const there = decodeNetworks(output.stdout);
  const known = new Set(there.flatMap(({ name, id }) => [name, id]));
  const missing = externals.filter((name) => !known.has(name));
  return {
    presentNetworks: there.flatMap(({ make }) => make ?? []),
    ...(missing.length > 0 && await isInSwarm(programs)
      ? {}
      : { missingNetworks: new Set(missing) }),
  };
}

/** Whoever is part of a swarm learns of its networks only when they are used. */
async function isInSwarm(programs: Programs): Promise<boolean> {
  return (await programs.tryEngine(argv.swarmState())).stdout.trim() === "active";
}

async function readVolumes(
  programs: Programs,
  names: string[],
): Promise<VolumeMake[] | undefined> {
  if (names.length === 0) return undefined;
  const output = await programs.tryEngine(argv.inspectVolumes(names));
  if (!isOnlyMissing(output)) return undefined;
  const { decodeVolumes } = await import("./decode_resources.ts");
  return decodeVolumes(output.stdout);
}

/** Images of services of which there is no replica yet to tell what volumes it has. */
function imagesToCome(services: DesiredService[], replicas: Replica[]): string[] {
  const known = new Set(replicas.map(({ service }) => service));
  return services.filter((service) => !known.has(service.name) && losesAnonymousVolumes(service))
    .map(({ image }) => image);
}

async function readImageVolumes(
  programs: Programs,
  images: string[],
): Promise<Known["imageVolumes"]> {
  if (images.length === 0) return undefined;
  const { decodeImageVolumes } = await import("./decode_resources.ts");
  const found = await inspectedImages(programs, images);
  return new Map(found.map(([image, json]) => [image, json ? decodeImageVolumes(json) : []]));
}

/** Images whose healthcheck, if they have one, is a gate. */
function imagesToRunChecksOf(services: DesiredService[]): string[] {
  return services
    .filter((x) => checksHealthItself(x) && !x.hasHealthcheck && !x.turnsHealthcheckOff)
    .map(({ image }) => image);
}

/** Podman tells of an image's healthcheck in another way. */
async function readUncheckedImages(
  programs: Programs,
  images: string[],
): Promise<Known["uncheckedImages"]> {
  if (images.length === 0 || programs.clients.isPodman) return undefined;
  const { hasHealthcheck } = await import("./decode_resources.ts");
  const found = await inspectedImages(programs, images);
  return new Set(found.flatMap(([image, json]) => json && !hasHealthcheck(json) ? [image] : []));
}

/** What the engine says of images, in JSON; nothing of those that are not there yet. */
async function inspectedImages(
  programs: Programs,
  images: string[],
): Promise<[image: string, json?: string][]> {
  return await Promise.all(images.map(async (image): Promise<[string, string?]> => {
    const { code, stdout } = await programs.tryEngine(argv.inspectImage(image));
    return code === 0 ? [image, stdout] : [image];
  }));
}

/** Whether all went well but for what is not there. */
const isOnlyMissing = ({ code, stderr }: Output): boolean =>
  code === 0 ||
  stderr.split("\n").filter((line) => /error/i.test(line) && !/level=warn/.test(line))
    .every((line) => /no such|not found|unable to find/i.test(line));

const distinct = (names: string[]): string[] => [...new Set(names)].sort();
