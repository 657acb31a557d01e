import { watchesImages } from "./engine/observe.ts";
import { openPrograms, type ProgramPorts } from "./engine/open_programs.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import { execute, type Execution } from "./execute/execute.ts";
import { callAfterwards } from "./execute/hook.ts";
import type { Clock } from "./execute/ports.ts";
import { DeployHooks } from "./hooks/deploy_hooks.ts";
import type { DeployOptions } from "./options.ts";
import type { Plan } from "./plan/model.ts";
import { planDeploy, type Planned } from "./plan_deploy.ts";

/** Everything a deploy acts through; real ones are in `lib/commands/`. */
export interface DeployPorts extends ProgramPorts {
  clock: Clock;
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
  const hooks = new DeployHooks(options, ports);
  try {
    return await deployWith(hooks, options, ports);
  } finally {
    await hooks.close();
  }
}

async function deployWith(
  hooks: DeployHooks,
  options: DeployOptions,
  ports: DeployPorts,
): Promise<Outcome> {
  const { clock, emit } = ports;
  const startedAt = clock.now();
  const programs = await openPrograms(options, ports);
  let planned = await planDeploy(programs, options, hooks.load);
  if (options.dryRun) {
    emit({ type: "planned", at: clock.now(), plan: planned.plan, dryRun: true });
    return "nothing";
  }
  const images = imagesOnly(planned.plan);
  let execution = images && await carryOut({ ...planned, plan: images }, options, ports, hooks);
  if (!execution || execution.outcome === "done") {
    if (images) planned = await planDeploy(programs, withoutImages(options), hooks.load);
    execution = await carryOut(planned, options, ports, hooks);
  }
  await callAfterwards(planned.plan, execution, { ...ports, hooks });
  const at = clock.now();
  const durationMs = at - startedAt;
  emit({ type: "finished", at, ...execution, plan: planned.plan, durationMs });
  return execution.outcome;
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

async function carryOut(
  { plan, project, programs }: Planned,
  options: DeployOptions,
  { emit, clock, signal, surroundings }: DeployPorts,
  hooks: DeployHooks,
): Promise<Execution> {
  emit({ type: "planned", at: clock.now(), plan, dryRun: false });
  signal.throwIfAborted();
  if (plan.steps.length === 0) return { outcome: "nothing", services: [] };
  const { CommandEngine } = await import("./engine/engine.ts");
  const engine = new CommandEngine(programs, project, options, {
    env: surroundings.env,
    onOutput: (text) => emit({ type: "output", at: clock.now(), text }),
  });
  const { noRollback, compose } = options;
  const parallel = compose.parallel !== undefined && compose.parallel > 0
    ? compose.parallel
    : undefined;
  try {
    engine.open();
    await hooks.prepare(plan);
    return await execute(plan, { engine, hooks, clock, emit, signal, noRollback, parallel });
  } finally {
    await engine.close();
  }
}
