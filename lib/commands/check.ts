import type { Io } from "../cli/io.ts";
import { check } from "../check.ts";
import type { Observation } from "../engine/observe.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { ExitCode } from "../errors.ts";
import { DeployHooks } from "../hooks/deploy_hooks.ts";
import type { CheckOptions } from "../options.ts";
import type { HookSpec } from "../plan/hooks.ts";
import { checkLines, verdict } from "../ui/check.ts";
import { type Machine, realMachine } from "../machine.ts";
import { interruptible } from "./interrupt.ts";
import { warner } from "./warner.ts";

/** `kerek check` at the edge. */
export async function runCheck(
  options: CheckOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  const checked = await interruptible(async (orStop, signal) => {
    const hooks = new DeployHooks(options, { ...machine, emit: () => {}, signal });
    try {
      const readStdin = () => io.readStdin();
      const ports = { ...machine, readStdin, signal, warn: warner(io) };
      await using programs = await openPrograms(options, ports);
      const load = ({ project }: Observation) => (specs: HookSpec[]) =>
        hooks.load(specs, project.name, programs);
      return await orStop(check(programs, options, load));
    } finally {
      await hooks.close();
    }
  });
  io.stdout(checkLines(checked).map((line) => `${line}\n`).join(""));
  io.stderr(`${verdict(checked)}\n`);
  const isRefused = checked.findings.some(({ severity }) => severity === "error");
  return isRefused ? ExitCode.untouched : ExitCode.done;
}
