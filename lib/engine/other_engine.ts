import { KerekError } from "../errors.ts";
import type { Clients } from "./clients.ts";
import { explain } from "./explain.ts";
import type { Spawner } from "./spawn.ts";

/** Asks which engine a client goes to. */
const whichEngine = ["info", "--format", "{{.ID}}"];

/**
 * Makes sure that a client which is neither Docker's nor Podman's goes to the engine that Compose
 * goes to: kerek lets Compose create containers, and that client start and stop them.
 *
 * @throws {KerekError} if it does not, or cannot be asked.
 */
export async function refuseOtherEngine(
  { engine, isPodman }: Clients,
  spawner: Spawner,
): Promise<void> {
  const [program, ...globals] = engine;
  if (isPodman || /(^|\/)docker$/.test(program)) return;
  const [own, docker] = await Promise.all(
    [program, "docker"].map((name) => spawner.read([name, ...globals, ...whichEngine])),
  );
  const [ownId, dockerId] = [own, docker].map(({ stdout }) => stdout.trim());
  if (own.code === 0 && ownId !== "" && ownId === dockerId) return;
  const failed = [own, docker].find(({ code }) => code !== 0);
  throw new KerekError(
    `Cannot use ${program} as the container engine: ` +
      (own.code !== 0
        ? "it does not know what docker knows"
        : "it does not go to the engine that docker compose goes to"),
    {
      hint: "docker and podman can be used, and what speaks to Docker's engine as docker does.",
      details: failed ? [explain(failed).message] : [],
    },
  );
}
