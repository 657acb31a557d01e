import { containersNow, watchesImages } from "./engine/observe.ts";
import { openPrograms, type ProgramPorts } from "./engine/open_programs.ts";
import { ExitCode, KerekError } from "./errors.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import { execute, type Execution } from "./execute/execute.ts";
import { callAfterwards } from "./execute/hook.ts";
import type { Clock } from "./execute/ports.ts";
import { DeployHooks } from "./hooks/deploy_hooks.ts";
import { asKept, type Basis } from "./history/basis.ts";
import { type Finished, isWorthKeeping } from "./history/finished.ts";
import { clearDeadLock, DeployLock } from "./lock/deploy_lock.ts";
import type { Here } from "./lock/here.ts";
import { holderText } from "./lock/holder.ts";
import { LockStore } from "./lock/lock_store.ts";
import type { DeployOptions } from "./options.ts";
import type { Plan } from "./plan/model.ts";
import { planDeploy, type Planned } from "./plan_deploy.ts";

/** Everything a deploy acts through; real ones are in `lib/commands/`. */
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

async function deployWith(
  hooks: DeployHooks,
  options: DeployOptions,
  ports: DeployPorts,
  basis?: Basis,
): Promise<Outcome> {
  const { clock, emit } = ports;
  const startedAt = clock.now();
  await using programs = await openPrograms(options, ports);
  const judge = basis && asKept(basis.entry);
  let planned = await planDeploy(programs, options, hooks.load, judge);
  if (options.dryRun) {
    emit({ type: "planned", at: clock.now(), plan: planned.plan, dryRun: true });
    return "nothing";
  }
  // What has nothing to do needs no lock, and is not to wait for one.
  const lock = changesAnything(planned.plan)
    ? await takeLock(planned, options, ports)
    : await clearLock(planned, ports);
  try {
    if (lock && await isOutdated(planned, lock)) {
      planned = await planDeploy(programs, options, hooks.load, judge);
    }
    const signal = lock ? AbortSignal.any([ports.signal, lock.lost]) : ports.signal;
    const { last, ...execution } = await inTwoParts(planned, options, { ...ports, signal }, hooks);
    const durationMs = clock.now() - startedAt;
    if (lock) {
      const owner = ports.here.owner;
      await keep({ planned: last, execution, options, owner, durationMs, basis }, ports);
    }
    emit({ type: "finished", at: clock.now(), ...execution, plan: last.plan, durationMs });
    return execution.outcome;
  } finally {
    await lock?.release();
  }
}

/** First images, if any are to be built or pulled, then what follows from them. */
async function inTwoParts(
  planned: Planned,
  options: DeployOptions,
  ports: DeployPorts,
  hooks: DeployHooks,
): Promise<Execution & { last: Planned }> {
  const images = imagesOnly(planned.plan);
  let execution = images && await carryOut({ ...planned, plan: images }, options, ports, hooks);
  let last = planned;
  if (!execution || execution.outcome === "done") {
    if (images) last = await planDeploy(planned.programs, withoutImages(options), hooks.load);
    execution = await carryOut(last, options, ports, hooks);
  }
  await callAfterwards(last.plan, execution, { ...ports, hooks });
  return { ...execution, last };
}

/** Adds the deploy to the history; if that fails, the deploy is no worse for it. */
async function keep(
  finished: Omit<Finished, "surroundings">,
  { emit, clock, surroundings }: DeployPorts,
): Promise<void> {
  if (!isWorthKeeping(finished.execution, finished.options)) return;
  try {
    const { keepEntry } = await import("./history/keep_entry.ts");
    const entry = await keepEntry({ ...finished, surroundings });
    emit({ type: "history", at: clock.now(), state: "kept", entry, text: "" });
  } catch (error) {
    const { message } = KerekError.from(error);
    emit({ type: "history", at: clock.now(), state: "not-kept", text: message });
  }
}

/** That all is well in the end is only looked at. */
const changesAnything = ({ steps }: Plan): boolean =>
  steps.some(({ action }) => action.kind !== "verify");

async function takeLock(
  { programs, project }: Planned,
  { lockTimeoutS }: DeployOptions,
  { clock, emit, here, signal }: DeployPorts,
): Promise<DeployLock> {
  const lock = await DeployLock.take(new LockStore(programs, project.name), {
    clock,
    here,
    signal,
    timeoutS: lockTimeoutS,
    say: (state, holder) => emit({ type: "lock", at: clock.now(), state, holder }),
  });
  lock.lost.addEventListener("abort", () => {
    emit({ type: "lock", at: clock.now(), state: "lost", holder: "" });
  });
  return lock;
}

async function clearLock({ programs, project }: Planned, { clock, emit, here }: DeployPorts) {
  // One that cannot be looked at is for the deploy that needs it to complain of.
  const dead = await clearDeadLock(new LockStore(programs, project.name), here).catch(() => {});
  if (dead) emit({ type: "lock", at: clock.now(), state: "taken-over", holder: holderText(dead) });
  return undefined;
}

/** Whether another deploy may have come between the plan and the lock. */
async function isOutdated({ programs, project, seen }: Planned, lock: DeployLock) {
  if (lock.hadToWait) return true;
  return (await containersNow(programs, project.name)).join() !== seen.join();
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
