import type { Io } from "../cli/io.ts";
import { openPrograms } from "../engine/open_programs.ts";
import type { Programs } from "../engine/programs.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { Here } from "../lock/here.ts";
import { holderText, standing } from "../lock/holder.ts";
import { LockStore } from "../lock/lock_store.ts";
import type { UnlockOptions } from "../options.ts";
import { projectName } from "../project_name.ts";
import { type Machine, realMachine } from "../machine.ts";
import { interruptible } from "./interrupt.ts";
import { warner } from "./warner.ts";

/** `kerek unlock` at the edge. */
export async function runUnlock(
  options: UnlockOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  return await interruptible(async (orStop, signal) => {
    const readStdin = () => io.readStdin();
    const ports = { ...machine, readStdin, signal, warn: warner(io) };
    await using programs = await openPrograms(options, ports);
    return await orStop(unlock(programs, options, io, machine.here));
  });
}

async function unlock(
  programs: Programs,
  options: UnlockOptions,
  io: Io,
  here: Here,
): Promise<ExitCode> {
  const store = new LockStore(programs, await projectName(programs, options.compose));
  const holder = await store.holder();
  if (!holder) {
    io.stdout(`${store.project}: not locked\n`);
    return ExitCode.done;
  }
  const text = holderText(holder);
  const isAlive = standing(holder, await store.now(), here) === "alive";
  if (isAlive && !options.force) {
    throw new KerekError(`Cannot unlock ${store.project}: ${text} seems to be deploying it`, {
      hint: "If you know better, break its lock with --force.",
      exitCode: ExitCode.locked,
    });
  }
  const whose = `the lock of ${text}${isAlive ? "" : ", which has died"}`;
  if (options.dryRun) {
    io.stdout(`${store.project}: would break ${whose}\n`);
    return ExitCode.done;
  }
  await store.remove(holder);
  io.stdout(`${store.project}: broke ${whose}\n`);
  return ExitCode.done;
}
