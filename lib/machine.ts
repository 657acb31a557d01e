import type { DeployPorts } from "./deploy.ts";
import { spawner } from "./engine/spawn.ts";
import { surroundings } from "./engine/surroundings.ts";
import { realClock } from "./execute/clock.ts";
import { realHere } from "./lock/here.ts";
import type { DeployOptions } from "./options.ts";
import { openTunnel } from "./ssh/lazy_tunnel.ts";

/** The machine that a deploy runs on. */
export type Machine = Pick<
  DeployPorts,
  "spawner" | "surroundings" | "openTunnel" | "clock" | "here"
>;

/** The machine that kerek runs on. */
export function realMachine({ engine }: Pick<DeployOptions, "engine">): Machine {
  return {
    spawner,
    surroundings: surroundings(engine),
    openTunnel,
    clock: realClock,
    here: realHere(),
  };
}
