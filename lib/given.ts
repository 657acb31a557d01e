import type { EngineOptions } from "./options.ts";

/** What a value has to be. */
export type Kind =
  | "address"
  | "command"
  | "context"
  | "file"
  | "image"
  | "local socket"
  | "machine"
  | "program"
  | "project"
  | "remote socket"
  | "service";

/** A value that came from outside and ends up in the command lines of other programs. */
export interface Given {
  kind: Kind;
  /** What the user knows it as, such as `--host`. */
  name: string;
  value: string;
}

/** A value that may be absent. */
export const given = (kind: Kind, name: string, value: string | undefined): Given[] =>
  value === undefined ? [] : [{ kind, name, value }];

/** What says where the engine is and how it is called, in the environment, too. */
export function engineValues(
  engine: Partial<EngineOptions>,
  env: (name: string) => string | undefined,
): Given[] {
  const { containerEngine: program } = engine;
  const isOfEnvironment = program === env("CONTAINER_ENGINE");
  return [
    ...program === "docker"
      ? []
      : given("program", isOfEnvironment ? "CONTAINER_ENGINE" : "--container-engine", program),
    ...given("file", "--config", engine.config),
    ...given("context", "--context", engine.context),
    ...given("address", "--host", engine.host),
    ...given("file", "--tlscacert", engine.tlscacert),
    ...given("file", "--tlscert", engine.tlscert),
    ...given("file", "--tlskey", engine.tlskey),
    // Empty, they count as unset.
    ...given("address", "DOCKER_HOST", env("DOCKER_HOST") || undefined),
    ...given("context", "DOCKER_CONTEXT", env("DOCKER_CONTEXT") || undefined),
    ...given("address", "CONTAINER_HOST", env("CONTAINER_HOST") || undefined),
  ];
}

/** Services by name. */
export const serviceValues = (names: string[]): Given[] =>
  names.flatMap((name) => given("service", "service", name));
