import type { Io } from "../cli/io.ts";
import { openPrograms } from "../engine/open_programs.ts";
import type { Programs } from "../engine/programs.ts";
import { ExitCode, KerekError } from "../errors.ts";
import { discardPrepared } from "../history/discard_prepared.ts";
import type { Here } from "../lock/here.ts";
import { findLock } from "../lock/deploy_lock.ts";
import { holderText } from "../lock/holder.ts";
import { LockStore } from "../lock/lock_store.ts";
import type { UnlockOptions } from "../options.ts";
import type { Told } from "../ui/told.ts";
import { projectName } from "../project_name.ts";
import { type Machine, realMachine } from "../machine.ts";
import { type Display, telling } from "./display.ts";
import { interruptible } from "./interrupt.ts";

/** `kerek unlock` at the edge. */
export async function runUnlock(
  options: UnlockOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  return await telling(
    options.compose,
    io,
    async (display) =>
      await interruptible(async (orStop, signal) => {
        const readStdin = () => io.readStdin();
        const ports = { ...machine, readStdin, signal, warn: display.warn };
        await using programs = await openPrograms(options, ports);
        return await orStop(unlock(programs, options, display, machine.here));
      }),
  );
}

async function unlock(
  programs: Programs,
  options: UnlockOptions,
  { emit }: Pick<Display<Told>, "emit">,
  here: Here,
): Promise<ExitCode> {
  const store = new LockStore(programs, await projectName(programs, options.compose));
  const { project } = store;
  const lock = await findLock(store, here);
  if (!lock) {
    const record = { type: "unlock", state: "not-locked", project } as const;
    emit({ record, result: [`${project}: not locked`] });
    return ExitCode.done;
  }
  const { holder, isAlive } = lock;
  const text = holderText(holder);
  if (isAlive && !options.force) {
    throw new KerekError(`Cannot unlock ${project}: ${text} seems to be deploying it`, {
      hint:
        "If you know better, break its lock with --force: should it go on after all, it stops, " +
        "as if by Ctrl-C.",
      exitCode: ExitCode.locked,
    });
  }
  const whose = `the lock of ${text}${isAlive ? "" : ", which has died"}`;
  if (!options.dryRun) {
    await store.remove(holder);
    await discardPrepared(programs, project);
  }
  const state = options.dryRun ? "would-break" : "broken";
  const verb = options.dryRun ? "would break" : "broke";
  emit({
    record: { type: "unlock", state, project, holder: text },
    result: [`${project}: ${verb} ${whose}`],
    notes: isAlive ? ["If that deploy goes on, it stops as if by Ctrl-C."] : [],
  });
  return ExitCode.done;
}
