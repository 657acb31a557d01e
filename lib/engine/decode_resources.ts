import * as z from "../deps/zod.ts";
import type { VolumeMake } from "../plan/model.ts";
import { decode, parseJson } from "./decode.ts";

/** Podman writes the keys small. */
const networkSchema = z.union([
  z.looseObject({ Name: z.string(), Id: z.string() })
    .transform(({ Name, Id }) => [Name, Id]),
  z.looseObject({ name: z.string(), id: z.string() }).transform(({ name, id }) => [name, id]),
]);

const words = z.record(z.string(), z.string()).nullish();

const volumeSchema = z.looseObject({
  Name: z.string(),
  Driver: z.string(),
  Labels: words,
  Options: words,
});

const imageSchema = z.looseObject({
  Config: z.looseObject({ Volumes: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

/** Names and ids of networks, from the output of `network inspect`. */
export function decodeNetworkNames(json: string): Set<string> {
  const what = "the engine's networks";
  return new Set(decode(z.array(networkSchema), parseJson(json, what), what).flat());
}

/** Volumes, from the output of `volume inspect`. */
export function decodeVolumes(json: string): VolumeMake[] {
  const what = "the engine's volumes";
  return decode(z.array(volumeSchema), parseJson(json, what), what)
    .map(({ Name, Driver, Labels, Options }) => ({
      name: Name,
      driver: Driver,
      options: Options ?? {},
      labels: Object.fromEntries(
        Object.entries(Labels ?? {}).filter(([key]) => !key.startsWith("com.docker.compose.")),
      ),
    }));
}

/** Where an image has volumes of its own, from the output of `image inspect`. */
export function decodeImageVolumes(json: string): string[] {
  const what = "the engine's images";
  const [image] = decode(z.array(imageSchema), parseJson(json, what), what);
  return Object.keys(image?.Config?.Volumes ?? {});
}
