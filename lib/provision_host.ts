import * as z from "./deps/zod.ts";
import type { Output, Spawner } from "./engine/spawn.ts";
import { ExitCode, KerekError } from "./errors.ts";
import type { ProvisionOptions } from "./options.ts";
import { decodeFacts, type ProvisionedEngine, reported } from "./provision/facts.ts";
import { planProvision, type Step } from "./provision/plan.ts";
import { probeScript } from "./provision/probe.ts";
import { provisionScript } from "./provision/script.ts";
import { sshArgv } from "./ssh/argv.ts";

/** Where a host is reached, and who is told what is to be changed there. */
export interface ProvisionPorts {
  spawner: Pick<Spawner, "read" | "write">;
  /** Told before anything is changed; throws to leave the host as it is. */
  planned(steps: Step[], script: string): void | Promise<void>;
}

/** A host that has an engine. */
export interface ProvisionedHost {
  engine: ProvisionedEngine;
  version: string;
  /** Path of the engine's socket there. */
  socket: string;
  /** What the script said, for people. */
  log: string;
}

/**
 * Looks at a host, changes what is missing, looks again.
 *
 * @returns nothing on a dry run.
 */
export async function provisionHost(
  options: Omit<ProvisionOptions, "force">,
  { spawner, planned }: ProvisionPorts,
): Promise<ProvisionedHost | undefined> {
  const engine = engineOf(options);
  const argv = shellOf(options);
  const probed = await spawner.read(argv, { stdin: probeScript(engine) });
  if (!("id" in reported(probed.stdout))) throw unreachable(options, probed.stderr);
  const steps = planProvision(decodeFacts(probed.stdout), engine);
  const script = provisionScript(engine, steps);
  await planned(steps, script);
  if (options.dryRun) return undefined;
  return provisioned(options, engine, await spawner.write(argv, { stdin: script }));
}

function engineOf({ engine: { containerEngine: name } }: Pick<ProvisionOptions, "engine">) {
  if (name === "docker" || name === "podman") return name;
  throw new KerekError(`Cannot provision ${name}: it is neither docker nor podman`, {
    exitCode: ExitCode.usage,
  });
}

function shellOf({ host, sshConfig }: Pick<ProvisionOptions, "host" | "sshConfig">): string[] {
  const isHere = host === "localhost" && sshConfig === undefined;
  return isHere ? ["sh", "-s"] : sshArgv({ host, configFile: sshConfig }, [], ["sh", "-s"]);
}

function unreachable({ host }: Pick<ProvisionOptions, "host">, stderr: string): KerekError {
  return new KerekError(`Cannot reach ${host}: the script did not run there`, {
    details: stderr.split("\n").filter((line) => line !== "").slice(-5),
    hint: `See that this works without being asked anything: ssh ${host} true`,
  });
}

/** The host may report whatever it likes, so this is what ends up in a line to copy. */
const result = z.object({
  version: z.string().regex(/^[\w.+~:-]+$/),
  socket: z.string().regex(/^\/[\w./-]+$/),
});

function provisioned(
  { host }: Pick<ProvisionOptions, "host">,
  engine: ProvisionedEngine,
  { code, stdout, stderr: log }: Output,
): ProvisionedHost {
  if (code !== 0) {
    throw new KerekError(`Cannot provision ${host}: a step failed`, {
      details: log.trimEnd().split("\n"),
      hint: "What was done stays. Run it again, and it goes on from there.",
      exitCode: ExitCode.notRestored,
    });
  }
  const parsed = result.safeParse(reported(stdout));
  if (parsed.success) return { engine, ...parsed.data, log };
  throw new KerekError(`Cannot tell whether ${host} is ready: its report is odd`, {
    exitCode: ExitCode.notRestored,
  });
}
