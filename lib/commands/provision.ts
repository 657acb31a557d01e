import type { Io } from "../cli/io.ts";
import * as z from "../deps/zod.ts";
import { type Spawner, spawner } from "../engine/spawn.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { ProvisionOptions } from "../options.ts";
import { decodeFacts, type ProvisionedEngine, reported } from "../provision/facts.ts";
import { describeStep, planProvision } from "../provision/plan.ts";
import { probeScript } from "../provision/probe.ts";
import { provisionScript } from "../provision/script.ts";
import { sshArgv } from "../ssh/argv.ts";
import { onInterrupt } from "./interrupt.ts";
import { quoted } from "./quoted.ts";

/** `kerek provision`: looks at the host, asks, changes what is missing, looks again. */
export async function runProvision(
  options: ProvisionOptions,
  io: Io,
  ports: { spawner: Spawner; confirm(question: string): boolean } = { spawner, confirm },
): Promise<ExitCode> {
  const engine = engineOf(options);
  const argv = shellOf(options);
  const probed = await ports.spawner.read(argv, { stdin: probeScript(engine) });
  if (!("id" in reported(probed.stdout))) throw unreachable(options, probed.stderr);
  const steps = planProvision(decodeFacts(probed.stdout), engine);
  const script = provisionScript(engine, steps);
  if (options.dryRun) {
    io.stdout(script);
    return ExitCode.done;
  }
  if (steps.length === 0) io.stderr("Nothing to do: all is there already.\n");
  else if (!options.force) {
    io.stderr(`${options.host} is to be changed:\n`);
    io.stderr(steps.map((step) => `- ${describeStep(step)}\n`).join(""));
    confirmed(options, io, ports.confirm);
  }
  const release = onInterrupt(() =>
    io.stderr("Finishing what was begun; Ctrl-C again leaves it as it is.\n")
  );
  const output = await ports.spawner.write(argv, { stdin: script }).finally(release);
  io.stderr(output.stderr);
  if (output.code !== 0) {
    throw new KerekError(`Cannot provision ${options.host}: a step failed`, {
      hint: "What was done stays. Run it again, and it goes on from there.",
      exitCode: ExitCode.notRestored,
    });
  }
  io.stdout(success(options, engine, output.stdout));
  return ExitCode.done;
}

function engineOf({ engine: { containerEngine: name } }: ProvisionOptions): ProvisionedEngine {
  if (name === "docker" || name === "podman") return name;
  throw new KerekError(`Cannot provision ${name}: it is neither docker nor podman`, {
    exitCode: ExitCode.usage,
  });
}

function shellOf({ host, sshConfig }: ProvisionOptions): string[] {
  const isHere = host === "localhost" && sshConfig === undefined;
  return isHere ? ["sh", "-s"] : sshArgv({ host, configFile: sshConfig }, [], ["sh", "-s"]);
}

function unreachable({ host }: ProvisionOptions, stderr: string): KerekError {
  return new KerekError(`Cannot reach ${host}: the script did not run there`, {
    details: stderr.split("\n").filter((line) => line !== "").slice(-5),
    hint: `See that this works without being asked anything: ssh ${host} true`,
  });
}

function confirmed({ host }: ProvisionOptions, io: Io, ask: (question: string) => boolean): void {
  if (!io.isTerminal.stdin) {
    throw new KerekError(`Cannot provision ${host}: nobody can be asked to confirm it`, {
      hint: "Look with --dry-run, then pass --force.",
    });
  }
  if (ask("Go ahead?")) return;
  throw new KerekError(`Cannot provision ${host}: it was not confirmed`);
}

/** The host may report whatever it likes, so this is what ends up in a line to copy. */
const result = z.object({
  version: z.string().regex(/^[\w.+~:-]+$/),
  socket: z.string().regex(/^\/[\w./-]+$/),
});

function success(options: ProvisionOptions, engine: ProvisionedEngine, stdout: string): string {
  const parsed = result.safeParse(reported(stdout));
  if (!parsed.success) {
    throw new KerekError(`Cannot tell whether ${options.host} is ready: its report is odd`, {
      exitCode: ExitCode.notRestored,
    });
  }
  const { version, socket } = parsed.data;
  return `Engine:  ${engine} ${version}\nSocket:  ${socket}\n` +
    nextStep(options, engine, socket).map((line) => `Next:    ${line}\n`).join("");
}

function nextStep(options: ProvisionOptions, engine: ProvisionedEngine, socket: string): string[] {
  const { host, sshConfig } = options;
  const program = engine === "podman" ? "CONTAINER_ENGINE=podman " : "";
  if (host === "localhost" && sshConfig === undefined) {
    return [`${program}kerek --host unix://${socket} deploy`];
  }
  if (engine === "docker" && sshConfig === undefined) {
    return [`kerek --host ssh://${host.replace(/^ssh:\/\//, "")} deploy`];
  }
  const config = sshConfig === undefined ? "" : ` -F ${quoted(sshConfig)}`;
  return [
    `${program}kerek tunnel-ssh${config} ${host}`,
    `${program}kerek --host "unix://$PWD/kerek.sock" deploy`,
  ];
}
