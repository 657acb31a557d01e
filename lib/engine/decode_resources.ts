import * as z from "../deps/zod.ts";
import type { NetworkMake, VolumeMake } from "../plan/resources.ts";
import { decode, parseJson } from "./decode.ts";

const words = z.record(z.string(), z.string()).nullish();

/** A network that is there; what it is made of is not known of Podman's. */
export interface PresentNetwork {
  name: string;
  id: string;
  make?: NetworkMake;
}

const dockerNetwork = z.looseObject({
  Name: z.string(),
  Id: z.string(),
  Driver: z.string().optional(),
  Internal: z.boolean().optional(),
  IPAM: z.looseObject({
    Config: z.array(z.looseObject({ Subnet: z.string().optional() })).nullish(),
  }).nullish(),
  Labels: words,
  Options: words,
}).transform(({ Name: name, Id: id, Driver, Internal, IPAM, Labels, Options }): PresentNetwork => ({
  name,
  id,
  make: {
    name,
    driver: Driver ?? "",
    options: Options ?? {},
    labels: withoutComposes(Labels),
    isInternal: Internal === true,
    subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
  },
}));

/** Podman writes the keys small, and has others. */
const podmanNetwork = z.looseObject({ name: z.string(), id: z.string() })
  .transform(({ name, id }): PresentNetwork => ({ name, id }));

const volumeSchema = z.looseObject({
  Name: z.string(),
  Driver: z.string(),
  Labels: words,
  Options: words,
});

const imageSchema = z.looseObject({
  Config: z.looseObject({
    Healthcheck: z.looseObject({ Test: z.array(z.string()).nullish() }).nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
  }).nullish(),
});

/** Networks, from the output of `network inspect`. */
export function decodeNetworks(json: string): PresentNetwork[] {
  const what = "the engine's networks";
  const schema = z.array(z.union([dockerNetwork, podmanNetwork]));
  return decode(schema, parseJson(json, what), what);
}

/** Volumes, from the output of `volume inspect`. */
export function decodeVolumes(json: string): VolumeMake[] {
  const what = "the engine's volumes";
  return decode(z.array(volumeSchema), parseJson(json, what), what)
    .map(({ Name, Driver, Labels, Options }) => ({
      name: Name,
      driver: Driver,
      options: Options ?? {},
      labels: withoutComposes(Labels),
    }));
}

function withoutComposes(labels: z.infer<typeof words>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels ?? {}).filter(([key]) => !key.startsWith("com.docker.compose.")),
  );
}

/** Whether an image has a healthcheck, from the output of `image inspect`. */
export function hasHealthcheck(json: string): boolean {
  const [kind = "NONE"] = decodeImage(json)?.Config?.Healthcheck?.Test ?? [];
  return kind !== "NONE";
}

/** Where an image has volumes of its own, from the output of `image inspect`. */
export function decodeImageVolumes(json: string): string[] {
  return Object.keys(decodeImage(json)?.Config?.Volumes ?? {});
}

function decodeImage(json: string): z.infer<typeof imageSchema> | undefined {
  const what = "the engine's images";
  return decode(z.array(imageSchema), parseJson(json, what), what)[0];
}
