import { containersNow, watchesImages } from "./engine/observe.ts";
import type { Programs } from "./engine/programs.ts";
import type { Reading } from "./engine/reading.ts";
import { KerekError } from "./errors.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import { execute, type Execution } from "./execute/execute.ts";
import { callAfterwards } from "./execute/hook.ts";
import { asKept, type Basis } from "./history/basis.ts";
import { discardPrepared } from "./history/discard_prepared.ts";
import { isOfInterest } from "./history/finished.ts";
import { HistoryWriter } from "./history/history_writer.ts";
import type { DeployHooks } from "./hooks/deploy_hooks.ts";
import { clearDeadLock, DeployLock, findLock, type HeldLock } from "./lock/deploy_lock.ts";
import type { Here } from "./lock/here.ts";
import { type Holder, holderText } from "./lock/holder.ts";
import { LockStore } from "./lock/lock_store.ts";
import type { DeployOptions } from "./options.ts";
import type { Plan } from "./plan/model.ts";
import { type PlanAround, planDeploy, type Planned } from "./plan_deploy.ts";
import type { DeployPorts } from "./deploy.ts";

/** What a deploy has when its project is being read. */
export interface Begun {
  programs: Programs;
  reading: Reading;
  hooks: DeployHooks;
  /** What is deployed instead of Compose files. */
  basis?: Basis;
  /** By the clock of the ports. */
  startedAt: number;
}

/** Plans what is to be done for a project, and does it. */
export async function deployProject(
  { programs, reading, hooks, basis, startedAt }: Begun,
  options: DeployOptions,
  ports: DeployPorts,
): Promise<Outcome> {
  const { clock, emit } = ports;
  const around: PlanAround = {
    hooksOf: hooks.load,
    judge: basis && asKept(basis.entry),
    lockOf: lockFinder(programs, ports.here),
  };
  let planned = await planDeploy(programs, options, { ...around, reading });
  if (options.dryRun) {
    const lock = await around.lockOf(planned.project.name);
    if (lock?.isAlive) {
      planned.plan.warnings.unshift(
        `${holderText(lock.holder)} is deploying it at this moment; ` +
          "what would be done then may be something else",
      );
    }
    emit({ type: "planned", at: clock.now(), plan: planned.plan, dryRun: true });
    return "nothing";
  }
  // What has nothing to do needs no lock, and is not to wait for one.
  const lock = changesAnything(planned.plan)
    ? await takeLock(planned, options, ports, basis ? "roll back" : "deploy")
    : await clearLock(planned, ports);
  let history: HistoryWriter | undefined;
  try {
    if (lock && await isOutdated(planned, lock)) {
      planned = await planDeploy(programs, options, around);
    }
    history = lock && isOfInterest(planned, options)
      ? new HistoryWriter({
        ...{ options, basis, surroundings: ports.surroundings, owner: ports.here.owner },
        elapsedMs: () => clock.now() - startedAt,
      }, ports)
      : undefined;
    const signal = lock ? AbortSignal.any([ports.signal, lock.lost]) : ports.signal;
    const onWait = (last: Planned) => history?.begin(last);
    const acting = { ...ports, signal, hooks, onWait };
    const { last, ...execution } = await inTwoParts(planned, options, acting, around);
    const durationMs = clock.now() - startedAt;
    await history?.end(last, execution, durationMs);
    emit({ type: "finished", at: clock.now(), ...execution, plan: last.plan, durationMs });
    return execution.outcome;
  } finally {
    await history?.close();
    await lock?.release().catch((error) => {
      const { message } = KerekError.from(error);
      ports.warn?.(`The lock stays, and the next deploy takes it over: ${message}`);
    });
  }
}

/** What a plan is carried out through. */
interface Acting extends DeployPorts {
  hooks: DeployHooks;
  /** Told when there is time for other things, as replicas get ready. */
  onWait(planned: Planned): void;
}

/** First images, if any are to be built or pulled, then what follows from them. */
async function inTwoParts(
  planned: Planned,
  options: DeployOptions,
  acting: Acting,
  around: PlanAround,
): Promise<Execution & { last: Planned }> {
  const images = imagesOnly(planned.plan);
  let execution = images && await carryOut({ ...planned, plan: images }, options, acting);
  let last = planned;
  if (!execution || execution.outcome === "done") {
    if (images) last = await planDeploy(planned.programs, withoutImages(options), around);
    execution = await carryOut(last, options, acting);
  }
  await callAfterwards(last.plan, execution, acting);
  return { ...execution, last };
}

/** That all is well in the end is only looked at. */
const changesAnything = ({ steps }: Plan): boolean =>
  steps.some(({ action }) => action.kind !== "verify");

async function takeLock(
  { programs, project }: Planned,
  { lockTimeoutS }: DeployOptions,
  { clock, emit, here, signal }: DeployPorts,
  verb: string,
): Promise<DeployLock> {
  let isOfDead = false;
  const lock = await DeployLock.take(new LockStore(programs, project.name), {
    clock,
    here,
    signal,
    timeoutS: lockTimeoutS,
    verb,
    say: (state, holder) => {
      isOfDead ||= state === "taken-over";
      emit({ type: "lock", at: clock.now(), state, holder });
    },
  });
  if (isOfDead) await discardPrepared(programs, project.name);
  lock.lost.addEventListener("abort", () => {
    emit({ type: "lock", at: clock.now(), state: "lost", holder: "" });
  });
  return lock;
}

/** Tells whose lock a project has; of one that has died also after it was taken over. */
function lockFinder(programs: Programs, here: Here): PlanAround["lockOf"] {
  let dead: HeldLock | undefined;
  return async (project) => {
    // One that cannot be looked at is for the deploy that needs it to complain of.
    const found = await findLock(new LockStore(programs, project), here).catch(() => undefined);
    if (!found || isOwn(found.holder, here)) return dead;
    if (!found.isAlive) dead = found;
    return found;
  };
}

const isOwn = (holder: Holder, { pid, place }: Here) =>
  holder.pid === pid && holder.place === place;

async function clearLock({ programs, project }: Planned, { clock, emit, here }: DeployPorts) {
  // One that cannot be looked at is for the deploy that needs it to complain of.
  const dead = await clearDeadLock(new LockStore(programs, project.name), here).catch(() => {});
  if (!dead) return undefined;
  emit({ type: "lock", at: clock.now(), state: "taken-over", holder: holderText(dead) });
  await discardPrepared(programs, project.name);
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
  planned: Planned,
  options: DeployOptions,
  { emit: tell, clock, signal, surroundings, hooks, onWait }: Acting,
): Promise<Execution> {
  const { plan, project, programs } = planned;
  const emit = (event: DeployEvent) => {
    tell(event);
    const isWait = event.type === "step-started" && event.step.action.kind === "ready";
    if (isWait && event.phase === "deploy") onWait(planned);
  };
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
