import type { DesiredService } from "../plan/model.ts";
import type { Known } from "../plan/preflight.ts";
import * as argv from "./argv.ts";
import type { Programs } from "./programs.ts";

/** What services that change depend on besides; each is looked at only if one of them does. */
export async function circumstances(
  programs: Programs,
  services: DesiredService[],
): Promise<Pick<Known, "heldPorts" | "engineVersion">> {
  const [heldPorts, engineVersion] = await Promise.all([
    services.some(({ portRanges }) => portRanges) ? readHeldPorts(programs) : undefined,
    services.some((x) => x.engineNeeds || x.healthIntervalMs !== undefined)
      ? readEngineVersion(programs)
      : undefined,
  ]);
  return { heldPorts, engineVersion };
}

/** A container that goes in the meantime makes the exit code bad and the rest no less true. */
async function readHeldPorts(programs: Programs): Promise<Known["heldPorts"]> {
  const ids = (await programs.readEngine(argv.listRunning())).split("\n").filter((line) => line);
  if (ids.length === 0) return [];
  const { decodeHeldPorts } = await import("./decode_containers.ts");
  return decodeHeldPorts((await programs.tryEngine(argv.inspectContainers(ids))).stdout);
}

/** Podman's versions are its own. */
async function readEngineVersion(programs: Programs): Promise<number | undefined> {
  if (programs.clients.isPodman) return undefined;
  const { stdout } = await programs.tryEngine(argv.engineVersion());
  return Number(/^(\d+)\./.exec(stdout)?.[1]) || undefined;
}
