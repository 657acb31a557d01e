import { KerekError } from "../errors.ts";
import type { EngineOptions } from "../options.ts";
import { sshAddress } from "../ssh/address.ts";
import type { Surroundings } from "./clients.ts";

/** Whether a program is Podman's. */
export const isPodmanProgram = (program: string): boolean =>
  /(^|\/)podman(-remote)?$/.test(program);

/**
 * The address of the engine that is asked for, by options, by the environment or by a context, in
 * the order in which docker looks.
 *
 * @returns nothing if none is, so that the client goes to its usual socket.
 */
export async function endpointOf(
  { containerEngine, host, context }: EngineOptions,
  around: Pick<Surroundings, "env" | "contextHost" | "currentContext">,
): Promise<string | undefined> {
  if (host) return host;
  const isPodman = isPodmanProgram(containerEngine);
  const variable = around.env("DOCKER_HOST");
  // What `docker context use` has set is not meant for Podman.
  const byDefault = () => around.env("DOCKER_CONTEXT") || (isPodman ? "" : around.currentContext());
  const name = context || (variable ? "" : byDefault());
  if (name && name !== "default") return await contextEndpoint(name, around);
  return variable || (isPodman && around.env("CONTAINER_HOST")) || undefined;
}

/** Whoever made the context may have written anything; docker hands a path to a shell there. */
async function contextEndpoint(
  name: string,
  { contextHost }: Pick<Surroundings, "contextHost">,
): Promise<string> {
  const found = await contextHost(name);
  if (!found.startsWith("ssh://") || sshAddress(found)) return found;
  throw new KerekError(`Cannot use context ${name}: its host is ${JSON.stringify(found)}`, {
    hint: "It has to be like ssh://user@host:22, and may end with the path of a socket.",
  });
}
