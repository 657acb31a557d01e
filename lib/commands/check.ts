import type { Io } from "../cli/io.ts";
import { check } from "../check.ts";
import type { Observation } from "../engine/observe.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { ExitCode } from "../errors.ts";
import { DeployHooks } from "../hooks/deploy_hooks.ts";
import type { CheckOptions } from "../options.ts";
import type { HookSpec } from "../plan/hooks.ts";
import { checkLines, checkValue, isRefused, verdict } from "../ui/check.ts";
import { toldResult } from "../ui/told.ts";
import { type Machine, realMachine } from "../machine.ts";
import { telling } from "./display.ts";
import { interruptible } from "./interrupt.ts";

/** `kerek check` at the edge. */
export async function runCheck(
  options: CheckOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  return await telling(options.compose, io, async ({ emit, warn }) => {
    const checked = await interruptible(async (orStop, signal) => {
      const hooks = new DeployHooks(options, { ...machine, emit: () => {}, signal });
      try {
        const ports = { ...machine, readStdin: () => io.readStdin(), signal, warn };
        await using programs = await openPrograms(options, ports);
        const load = ({ project }: Observation) => (specs: HookSpec[]) =>
          hooks.load(specs, project.name, programs);
        return await orStop(check(programs, options, load));
      } finally {
        await hooks.close();
      }
    });
    const lines = { result: checkLines(checked), notes: [verdict(checked)] };
    emit(toldResult("check", checkValue(checked), lines));
    return isRefused(checked) ? ExitCode.untouched : ExitCode.done;
  });
}
