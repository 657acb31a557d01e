import type { Io } from "../cli/io.ts";
import { type Spawner, spawner } from "../engine/spawn.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { ProvisionOptions } from "../options.ts";
import { describeStep, type Step } from "../provision/plan.ts";
import { type ProvisionedHost, provisionHost } from "../provision_host.ts";
import { onInterrupt } from "./interrupt.ts";
import { quoted } from "./quoted.ts";

/** `kerek provision` at the edge: asks before it changes a host. */
export async function runProvision(
  options: ProvisionOptions,
  io: Io,
  ports: { spawner: Spawner; confirm(question: string): boolean } = { spawner, confirm },
): Promise<ExitCode> {
  let release = () => {};
  const host = await provisionHost(options, {
    spawner: ports.spawner,
    planned: (steps, script) => {
      if (options.dryRun) return io.stdout(script);
      ask(steps, options, io, ports.confirm);
      release = onInterrupt(() =>
        io.stderr("Finishing what was begun; Ctrl-C again leaves it as it is.\n")
      );
    },
  }).finally(() => release());
  if (!host) return ExitCode.done;
  io.stderr(host.log);
  io.stdout(success(options, host));
  return ExitCode.done;
}

function ask(
  steps: Step[],
  { force, host }: ProvisionOptions,
  io: Io,
  confirm: (question: string) => boolean,
): void {
  if (steps.length === 0) return io.stderr("Nothing to do: all is there already.\n");
  if (force) return;
  io.stderr(`${host} is to be changed:\n`);
  io.stderr(steps.map((step) => `- ${describeStep(step)}\n`).join(""));
  if (!io.isTerminal.stdin) {
    throw new KerekError(`Cannot provision ${host}: nobody can be asked to confirm it`, {
      hint: "Look with --dry-run, then pass --force.",
    });
  }
  if (confirm("Go ahead?")) return;
  throw new KerekError(`Cannot provision ${host}: it was not confirmed`);
}

function success(options: ProvisionOptions, host: ProvisionedHost): string {
  const { engine, version, socket } = host;
  return `Engine:  ${engine} ${version}\nSocket:  ${socket}\n` +
    nextStep(options, host).map((line) => `Next:    ${line}\n`).join("");
}

function nextStep(options: ProvisionOptions, { engine, socket }: ProvisionedHost): string[] {
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
