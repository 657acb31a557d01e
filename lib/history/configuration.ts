import { parseYaml } from "../deps/yaml.ts";
import * as z from "../deps/zod.ts";
import { decode } from "../engine/decode.ts";

/**
 * Compose files, resolved to one, as `docker compose config` prints them. What is not looked at
 * here is handed on as it is.
 */
export const configurationSchema = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), z.looseObject({ image: z.string().optional() })),
  networks: z.record(z.string(), z.unknown()).nullish(),
  volumes: z.record(z.string(), z.unknown()).nullish(),
  configs: z.record(z.string(), z.unknown()).nullish(),
  secrets: z.record(z.string(), z.unknown()).nullish(),
});

/** What {@linkcode configurationSchema} describes. */
export type Configuration = z.infer<typeof configurationSchema>;

/**
 * Reads the output of `docker compose config`.
 *
 * @throws {KerekError} if it is something else.
 */
export function configurationOf(yaml: string): Configuration {
  return decode(configurationSchema, parseYaml(yaml), "the Compose files");
}

/** A configuration whose `services` are those of an older one, with what they need. */
export function withOlder(
  current: Configuration,
  older: Configuration,
  services: string[],
): Configuration {
  const merged = (section: "networks" | "volumes" | "configs" | "secrets") =>
    older[section] ? { [section]: { ...older[section], ...current[section] } } : {};
  const taken = services.flatMap((name) =>
    older.services[name] ? [[name, older.services[name]]] : []
  );
  return {
    ...current,
    services: { ...current.services, ...Object.fromEntries(taken) },
    ...merged("networks"),
    ...merged("volumes"),
    ...merged("configs"),
    ...merged("secrets"),
  };
}

/** A configuration some of whose services have their image by id, without `sha256:`. */
export function pinned(
  configuration: Configuration,
  imageIds: ReadonlyMap<string, string>,
): Configuration {
  const services = Object.entries(configuration.services).map(([name, service]) => {
    const id = imageIds.get(name);
    if (id === undefined) return [name, service];
    const { build: _, ...others } = service;
    return [name, { ...others, image: `sha256:${id}` }];
  });
  return { ...configuration, services: Object.fromEntries(services) };
}

/** JSON in ASCII, which is YAML, too, and the same in every encoding. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
