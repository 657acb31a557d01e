import type { Io } from "../cli/io.ts";
import { check } from "../check.ts";
import { openPrograms } from "../engine/open_programs.ts";
import { surroundings } from "../engine/surroundings.ts";
import { spawner } from "../engine/spawn.ts";
import { ExitCode } from "../errors.ts";
import { realClock } from "../execute/clock.ts";
import { DeployHooks } from "../hooks/deploy_hooks.ts";
import type { CheckOptions } from "../options.ts";
import { checkLines, verdict } from "../ui/check.ts";
import type { Machine } from "./deploy.ts";

/** `kerek check` at the edge. */
export async function runCheck(
  options: CheckOptions,
  io: Io,
  machine: Omit<Machine, "clock" | "here"> = {
    spawner,
    surroundings: surroundings(options.engine),
  },
): Promise<ExitCode> {
  const signal = new AbortController().signal;
  const hooks = new DeployHooks(options, {
    ...machine,
    clock: realClock,
    emit: () => {},
    signal,
  });
  try {
    const readStdin = () => io.readStdin();
    const programs = await openPrograms(options, { ...machine, readStdin });
    const checked = await check(
      programs,
      options,
      ({ project }) => (specs) => hooks.load(specs, project.name, programs),
    );
    io.stdout(checkLines(checked).map((line) => `${line}\n`).join(""));
    io.stderr(`${verdict(checked)}\n`);
    const isRefused = checked.findings.some(({ severity }) => severity === "error");
    return isRefused ? ExitCode.untouched : ExitCode.done;
  } finally {
    await hooks.close();
  }
}
