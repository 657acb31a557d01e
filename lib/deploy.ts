import { openPrograms, type ProgramPorts } from "./engine/open_programs.ts";
import { beginReading } from "./engine/reading.ts";
import { ExitCode, KerekError } from "./errors.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import type { Clock } from "./execute/ports.ts";
import type { Basis } from "./history/basis.ts";
import { DeployHooks } from "./hooks/deploy_hooks.ts";
import type { Here } from "./lock/here.ts";
import type { DeployOptions } from "./options.ts";

/** Everything a deploy acts through; `lib/machine.ts` puts the real ones together. */
export interface DeployPorts extends ProgramPorts {
  clock: Clock;
  emit(event: DeployEvent): void;
  /** Aborts when the user asks to stop. */
  signal: AbortSignal;
  /** This process, as the lock names it. */
  here: Here;
}

/**
 * Brings the project's services to what the Compose files say, replica by replica.
 *
 * @param basis What is deployed instead of Compose files, by options that were made for it.
 * @throws {KerekError} if it cannot begin; nothing was touched then.
 */
export async function deploy(
  options: DeployOptions,
  ports: DeployPorts,
  basis?: Basis,
): Promise<Outcome> {
  const hooks = new DeployHooks(options, ports);
  const { clock, emit, signal } = ports;
  const interrupted = () => emit({ type: "interrupted", at: clock.now() });
  signal.addEventListener("abort", interrupted);
  try {
    return await deployWith(hooks, options, ports, basis);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new KerekError("Interrupted before anything was touched", {
      cause: error,
      exitCode: ExitCode.interrupted,
    });
  } finally {
    signal.removeEventListener("abort", interrupted);
    await hooks.close();
  }
}

/** Loading what plans and acts takes as long as the project's being read, so that comes first. */
async function deployWith(
  hooks: DeployHooks,
  options: DeployOptions,
  ports: DeployPorts,
  basis?: Basis,
): Promise<Outcome> {
  const startedAt = ports.clock.now();
  await using programs = await openPrograms(options, ports);
  const reading = beginReading(programs, options);
  const [{ deployProject }] = await Promise.all([
    import("./deploy_project.ts"),
    // It will load these; together they are there sooner.
    import("./engine/decode_project.ts"),
    import("./engine/decode_containers.ts"),
  ]);
  return await deployProject({ programs, reading, hooks, basis, startedAt }, options, ports);
}
