import type { Io } from "../cli/io.ts";
import { type Spawner, spawner } from "../engine/spawn.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { ProvisionOptions } from "../options.ts";
import { describeStep, type Step } from "../provision/plan.ts";
import { type ProvisionedHost, provisionHost } from "../provision_host.ts";
import { linesOf, type Told } from "../ui/told.ts";
import { telling } from "./display.ts";
import { onInterrupt } from "./interrupt.ts";
import { quoted } from "./quoted.ts";

/** `kerek provision` at the edge: asks before it changes a host. */
export async function runProvision(
  options: ProvisionOptions,
  io: Io,
  ports: { spawner: Spawner; confirm(question: string): boolean } = { spawner, confirm },
): Promise<ExitCode> {
  return await telling(options, io, async ({ emit }) => {
    let release = () => {};
    const host = await provisionHost(options, {
      spawner: ports.spawner,
      planned: (steps, script) => {
        emit(toldPlan(options, steps, script));
        if (options.dryRun) return;
        if (steps.length > 0) {
          ask(steps, options, io, ports.confirm);
          const record = { type: "provision-started", host: options.host } as const;
          emit({ record, notes: [`Setting up ${options.host} …`] });
        }
        release = onInterrupt(() =>
          emit({
            record: { type: "interrupted" },
            notes: ["Finishing what was begun; Ctrl-C again leaves it as it is."],
          })
        );
      },
    }).finally(() => release());
    if (!host) return ExitCode.done;
    if (host.log) emit({ record: { type: "output", text: host.log }, notes: linesOf(host.log) });
    emit(toldSuccess(options, host));
    return ExitCode.done;
  });
}

function toldPlan(
  { dryRun = false, host }: ProvisionOptions,
  steps: Step[],
  script: string,
): Told {
  const words = steps.map(describeStep);
  return {
    record: { type: "provision-planned", dryRun, host, steps: words, script },
    ...dryRun
      ? { result: linesOf(script) }
      : { notes: steps.length === 0 ? ["Nothing to do: all is there already."] : [] },
  };
}

function ask(
  steps: Step[],
  { force, host, progress }: ProvisionOptions,
  io: Io,
  confirm: (question: string) => boolean,
): void {
  if (force) return;
  const list = steps.map((step) => `- ${describeStep(step)}`);
  // A question would stand among the lines for programs.
  if (!io.isTerminal.stdin || progress === "json") {
    throw new KerekError(`Cannot provision ${host}: nobody can be asked to confirm it`, {
      details: list,
      hint: "Look with --dry-run, then pass --force.",
    });
  }
  io.stderr([`${host} is to be changed:`, ...list].map((line) => `${line}\n`).join(""));
  if (confirm("Go ahead?")) return;
  throw new KerekError(`Cannot provision ${host}: it was not confirmed`);
}

function toldSuccess(options: ProvisionOptions, provisioned: ProvisionedHost): Told {
  const { engine, version, socket } = provisioned;
  const { host } = options;
  const next = nextStep(options, provisioned);
  return {
    record: { type: "provisioned", host, engine, engineVersion: version, socket, next },
    result: [
      `Engine:  ${engine} ${version}`,
      `Socket:  ${socket}`,
      ...next.map((line) => `Next:    ${line}`),
    ],
  };
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
