import { type Clients, clientsOf, type Surroundings } from "./engine/clients.ts";
import { watchesImages } from "./engine/observe.ts";
import { Programs } from "./engine/programs.ts";
import type { Spawner } from "./engine/spawn.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import { execute } from "./execute/execute.ts";
import type { Clock } from "./execute/ports.ts";
import type { DeployOptions } from "./options.ts";
import type { Plan } from "./plan/model.ts";
import { planDeploy, type Planned } from "./plan_deploy.ts";

/** Everything a deploy acts through; real ones are in `lib/commands/`. */
export interface DeployPorts {
  spawner: Spawner;
  surroundings: Surroundings;
  clock: Clock;
  /** Content of standard input; asked for only where a Compose file is `-`. */
  readStdin(): Promise<string>;
  emit(event: DeployEvent): void;
  /** Aborts when the user asks to stop. */
  signal: AbortSignal;
}

/**
 * Brings the project's services to what the Compose files say, replica by replica.
 *
 * @throws {KerekError} if it cannot begin; nothing was touched then.
 */
export async function deploy(options: DeployOptions, ports: DeployPorts): Promise<Outcome> {
  const startedAt = ports.clock.now();
  const programs = await programsFor(options, ports);
  const first = await planDeploy(programs, options);
  const images = options.dryRun ? undefined : imagesOnly(first.plan);
  const before = images && await carryOut({ ...first, plan: images }, options, ports);
  const isOn = before === undefined || before === "done";
  const last = images && isOn ? await planDeploy(programs, withoutImages(options)) : first;
  const outcome = isOn ? await carryOut(last, options, ports) : before;
  if (options.dryRun) return outcome;
  const at = ports.clock.now();
  const durationMs = at - startedAt;
  ports.emit({ type: "finished", at, outcome, plan: last.plan, durationMs });
  return outcome;
}

/** What is to be built or pulled, if anything: the rest is known once it is there. */
function imagesOnly(plan: Plan): Plan | undefined {
  const steps = plan.steps.filter(({ action: { kind } }) => kind === "build" || kind === "pull");
  return steps.length > 0 ? { ...plan, steps, warnings: [] } : undefined;
}

const withoutImages = (options: DeployOptions): DeployOptions => ({
  ...options,
  imageChanges: watchesImages(options),
  build: undefined,
  noBuild: true,
  pull: "never",
});

async function programsFor(options: DeployOptions, ports: DeployPorts): Promise<Programs> {
  const [clients, stdin]: [Clients, string | undefined] = await Promise.all([
    clientsOf(options.engine, options.compose, ports.surroundings),
    options.compose.files.includes("-") ? ports.readStdin() : undefined,
  ]);
  return new Programs(clients, ports.spawner, stdin);
}

async function carryOut(
  { plan, project, programs }: Planned,
  options: DeployOptions,
  { emit, clock, signal, surroundings }: DeployPorts,
): Promise<Outcome> {
  emit({ type: "planned", at: clock.now(), plan, dryRun: options.dryRun === true });
  if (options.dryRun) return "nothing";
  signal.throwIfAborted();
  if (plan.steps.length === 0) return "nothing";
  const { CommandEngine } = await import("./engine/engine.ts");
  const engine = new CommandEngine(programs, project, options, {
    env: surroundings.env,
    onOutput: (text) => emit({ type: "output", at: clock.now(), text }),
  });
  const { parallel } = options.compose;
  const limit = parallel !== undefined && parallel > 0 ? parallel : undefined;
  try {
    engine.open();
    const { noRollback } = options;
    return await execute(plan, { engine, clock, emit, signal, noRollback, parallel: limit });
  } finally {
    await engine.close();
  }
}
