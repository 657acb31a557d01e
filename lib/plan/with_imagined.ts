import { anonymousVolumePaths } from "./anonymous_volume_findings.ts";
import type { DesiredService, Replica } from "./model.ts";
import type { Known } from "./preflight.ts";

/** Replicas that are there and, of services that have none, those that a first deploy would make. */
export function withImagined(
  services: DesiredService[],
  replicas: Replica[],
  project: string,
  { imageVolumes }: Pick<Known, "imageVolumes">,
): Replica[] {
  const known = new Set(replicas.map(({ service }) => service));
  return [
    ...replicas,
    ...services.filter(({ name }) => !known.has(name)).flatMap((service) => {
      const { name } = service;
      const volumes = anonymousVolumePaths(service, imageVolumes?.get(service.image));
      return Array.from({ length: service.replicas }, (_, i): Replica => ({
        id: `${name}-${i + 1}`,
        name: `${project}-${name}-${i + 1}`,
        number: i + 1,
        service: name,
        revision: "",
        status: "running",
        ...(volumes.length > 0 ? { anonymousVolumes: volumes } : {}),
      }));
    }),
  ];
}
