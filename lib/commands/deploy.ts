import type { Io } from "../cli/io.ts";
import { deploy, type DeployPorts } from "../deploy.ts";
import { endChildren } from "../engine/child.ts";
import type { ExitCode } from "../errors.ts";
import { type DeployEvent, exitCodes, type Outcome } from "../execute/events.ts";
import type { DeployCommandOptions, DeployOptions } from "../options.ts";
import { type Machine, realMachine } from "../machine.ts";
import { leftLines } from "../ui/left.ts";
import { ansiPalette, plainPalette } from "../ui/palette.ts";
import { isColored } from "../ui/progress.ts";
import { deployManner } from "./deploy_manner.ts";
import { failureRecord, openDisplay } from "./display.ts";
import { onInterrupt } from "./interrupt.ts";
import { permitProbe, startProber } from "./prober.ts";
import { ReportFile } from "./report_file.ts";

/** `kerek deploy` at the edge. */
export async function runDeploy(
  options: DeployCommandOptions,
  io: Io,
  machine: Machine = realMachine(options),
): Promise<ExitCode> {
  return await atEdge(options, io, machine, (ports) => deploy(options, ports));
}

/** Lets something deploy with real ports, output and exit code. */
export async function atEdge(
  options: DeployCommandOptions,
  io: Io,
  machine: Machine,
  act: (ports: DeployPorts) => Promise<Outcome>,
): Promise<ExitCode> {
  const { dryRun, ...others } = options;
  const { probe, report, timeline } = dryRun ? {} : others;
  const { clock } = machine;
  if (probe !== undefined) await permitProbe(probe);
  const reportFile = report === undefined ? undefined : await ReportFile.open(report);
  const interrupt = new AbortController();
  const events: DeployEvent[] = [];
  const { promise: stopped, resolve: stop } = Promise.withResolvers<"interrupted">();
  let left: string[] | undefined;
  const release = onInterrupt(() => interrupt.abort(), () => {
    endChildren();
    left = leftLines(events);
    stop("interrupted");
  });
  const display = await openDisplay(options.compose, io, clock, deployManner(options));
  const idle = dryRun ? idleOptions(others) : "";
  if (idle) display.warn(`${idle}: a dry run has nothing to look back on`);
  const emit = (event: DeployEvent) => {
    // What a build prints, only those look at.
    if (timeline || reportFile || event.type !== "output") events.push(event);
    display.emit(event);
  };
  // It is to be the last one, also where requests are still waited for.
  const finished: DeployEvent[] = [];
  const prober = probe === undefined ? undefined : startProber(probe, clock, emit);
  try {
    const acted = act({
      ...machine,
      readStdin: () => io.readStdin(),
      emit: (event) => event.type === "finished" ? finished.push(event) : emit(event),
      warn: (text) => display.warn(text),
      signal: interrupt.signal,
    });
    // Whatever is still awaited then ends with the process.
    return exitCodes[await Promise.race([acted, stopped])];
  } catch (error) {
    emit({ ...failureRecord(error), at: clock.now() });
    throw error;
  } finally {
    if (prober && !left) emit(await prober.stop());
    finished.forEach((event) => emit({ ...event, at: clock.now() }));
    display.close();
    if (left) io.stderr(left.map((line) => `${line}\n`).join(""));
    if (timeline) io.stderr(await drawn(events, options, io));
    await reportFile?.write(events, { now: clock.now() }, io);
    release();
  }
}

/** Options that are of no effect on a dry run. */
const idleOptions = ({ probe, report, timeline }: DeployCommandOptions): string =>
  [probe && "--probe", report && "--report", timeline && "--timeline"].filter((x) => x).join(", ");

async function drawn(events: DeployEvent[], { compose }: DeployOptions, io: Io): Promise<string> {
  const [{ timelineLines }, { timelineOf }] = await Promise.all([
    import("../ui/timeline/draw.ts"),
    import("../ui/timeline/timeline.ts"),
  ]);
  const around = { isTerminal: io.isTerminal.stderr, env: io.env };
  const palette = isColored(compose, around) ? ansiPalette : plainPalette;
  const lines = timelineLines(timelineOf(events), io.columns() ?? 80, palette);
  return lines.map((line) => `${line}\n`).join("");
}
