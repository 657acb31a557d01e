import type { Io } from "../cli/io.ts";
import { deploy, type DeployPorts } from "../deploy.ts";
import { surroundings } from "../engine/surroundings.ts";
import { spawner } from "../engine/spawn.ts";
import { ExitCode } from "../errors.ts";
import { realClock } from "../execute/clock.ts";
import type { DeployEvent, Outcome } from "../execute/events.ts";
import { realHere } from "../lock/here.ts";
import type { DeployOptions } from "../options.ts";
import { openTunnel } from "../ssh/lazy_tunnel.ts";
import { eventRecord } from "../ui/event_record.ts";
import { plainLines } from "../ui/plain.ts";
import { quietLines } from "../ui/quiet.ts";
import { onInterrupt } from "./interrupt.ts";
import { warner } from "./warner.ts";

const exitCodes: Record<Outcome, ExitCode> = {
  done: ExitCode.done,
  nothing: ExitCode.done,
  untouched: ExitCode.untouched,
  restored: ExitCode.restored,
  "not-restored": ExitCode.notRestored,
  interrupted: ExitCode.interrupted,
};

/** The machine that a deploy runs on. */
export type Machine = Pick<
  DeployPorts,
  "spawner" | "surroundings" | "openTunnel" | "clock" | "here"
>;

/** The machine that kerek runs on. */
export function realMachine({ engine }: Pick<DeployOptions, "engine">): Machine {
  return {
    spawner,
    surroundings: surroundings(engine),
    openTunnel,
    clock: realClock,
    here: realHere(),
  };
}

/** `kerek deploy` at the edge: real ports, output and exit code. */
export async function runDeploy(
  options: DeployOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  const interrupt = new AbortController();
  const release = onInterrupt(() => interrupt.abort());
  try {
    const outcome = await deploy(options, {
      ...machine,
      readStdin: () => io.readStdin(),
      emit: printer(options, io),
      ...options.compose.progress === "quiet" ? {} : { warn: warner(io) },
      signal: interrupt.signal,
    });
    return exitCodes[outcome];
  } finally {
    release();
  }
}

function printer(options: DeployOptions, io: Io): (event: DeployEvent) => void {
  switch (options.compose.progress) {
    case "quiet":
      return (event) => print(quietLines(event), io.stderr);
    case "json":
      return (event) => print([JSON.stringify(eventRecord(event))], io.stdout);
    default:
      return (event) => {
        const isResult = event.type === "planned" && event.dryRun;
        print(plainLines(event), isResult ? io.stdout : io.stderr);
      };
  }
}

function print(lines: string[], write: (text: string) => void): void {
  if (lines.length > 0) write(lines.join("\n") + "\n");
}
