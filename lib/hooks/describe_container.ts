import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import type { Container, PublishedPort } from "./sdk.ts";

const bindings = z.array(z.looseObject({
  HostIp: z.string().optional(),
  HostPort: z.string().optional(),
})).nullish();

const containers = z.array(z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Config: z.looseObject({
    Image: z.string().optional(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
  NetworkSettings: z.looseObject({
    Networks: z.record(z.string(), z.looseObject({ IPAddress: z.string().nullish() }).nullish())
      .nullish(),
    Ports: z.record(z.string(), bindings).nullish(),
  }).nullish(),
}));

type Inspected = z.infer<typeof containers>[number];

/** Containers as hooks get them, from the output of `docker container inspect`. */
export function describeContainers(json: string): Container[] {
  const what = "the engine's containers";
  return decode(containers, parseJson(json, what), what).map((container) => ({
    id: container.Id,
    name: container.Name.replace(/^\//, ""),
    image: container.Config.Image ?? "",
    addresses: addresses(container),
    ports: ports(container),
    labels: container.Config.Labels ?? {},
    version: container.Config.Labels?.["com.docker.compose.config-hash"] ?? "",
  }));
}

function addresses({ NetworkSettings }: Inspected): Record<string, string> {
  return Object.fromEntries(
    Object.entries(NetworkSettings?.Networks ?? {}).flatMap(([name, network]) =>
      network?.IPAddress ? [[name, network.IPAddress]] : []
    ),
  );
}

function ports({ NetworkSettings }: Inspected): PublishedPort[] {
  return Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([container, bindings]) =>
    (bindings ?? []).map(({ HostIp = "", HostPort = "" }) => ({
      container,
      hostAddress: HostIp,
      hostPort: Number(HostPort),
    }))
  );
}
