import { type Clients, clientsOf, type Surroundings } from "./engine/clients.ts";
import type { Project } from "./engine/decode_project.ts";
import {
  missingImages,
  type Observation,
  observe,
  profilesFor,
  stoppedByCreation,
} from "./engine/observe.ts";
import { Programs } from "./engine/programs.ts";
import type { Spawner } from "./engine/spawn.ts";
import { KerekError } from "./errors.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import { execute } from "./execute/execute.ts";
import type { Clock } from "./execute/ports.ts";
import type { DeployOptions } from "./options.ts";
import { consider } from "./plan/consider.ts";
import { diff } from "./plan/diff.ts";
import type { Creation, Plan, PlanOptions, Replica, ServiceChange } from "./plan/model.ts";
import { type Finding, preflight } from "./plan/preflight.ts";
import { creationsOf, schedule } from "./plan/schedule.ts";

/** Everything a deploy acts through; real ones are in `lib/commands/`. */
export interface DeployPorts {
  spawner: Spawner;
  surroundings: Surroundings;
  clock: Clock;
  /** Content of standard input; asked for only where a Compose file is `-`. */
  readStdin(): Promise<string>;
  emit(event: DeployEvent): void;
  /** Aborts when the user asks to stop. */
  signal: AbortSignal;
}

/**
 * Brings the project's services to what the Compose files say, replica by replica.
 *
 * @throws {KerekError} if it cannot begin; nothing was touched then.
 */
export async function deploy(options: DeployOptions, ports: DeployPorts): Promise<Outcome> {
  const startedAt = ports.clock.now();
  const programs = await programsFor(options, ports);
  const observation = await observeNamed(programs, options);
  const plan = await makePlan(programs, observation, {
    ...options,
    allResources: options.compose.allResources,
  });
  const at = () => ports.clock.now();
  ports.emit({ type: "planned", at: at(), plan, dryRun: options.dryRun === true });
  if (options.dryRun) return "nothing";
  ports.signal.throwIfAborted();

  const outcome = await carryOut(plan, observation.project, programs, options, ports);
  ports.emit({ type: "finished", at: at(), outcome, plan, durationMs: at() - startedAt });
  return outcome;
}

async function programsFor(options: DeployOptions, ports: DeployPorts): Promise<Programs> {
  const [clients, stdin]: [Clients, string | undefined] = await Promise.all([
    clientsOf(options.engine, options.compose, ports.surroundings),
    options.compose.files.includes("-") ? ports.readStdin() : undefined,
  ]);
  return new Programs(clients, ports.spawner, stdin);
}

/** Naming a service whose profile is not active makes it active, as it does in Compose. */
async function observeNamed(programs: Programs, options: DeployOptions): Promise<Observation> {
  const observation = await observe(programs, options);
  const known = new Set(observation.project.services.map((service) => service.name));
  const unknown = options.services.filter((name) => !known.has(name));
  if (unknown.length === 0) return observation;
  const profiles = await profilesFor(programs, unknown);
  if (profiles.length === 0) return observation; // `consider` says what is wrong.
  return await observe(programs.withProfiles(profiles), options);
}

async function makePlan(
  programs: Programs,
  { project, replicas, inactive }: Observation,
  options: PlanOptions,
): Promise<Plan> {
  const considered = consider(project.services, options);
  const defined = new Set([...project.services.map((service) => service.name), ...inactive]);
  const names = new Set(considered.map((service) => service.name));
  const orphans = replicas.filter((replica) => !defined.has(replica.service));
  const relevant = replicas.filter((replica) => names.has(replica.service));
  const changes = diff(considered, [...relevant, ...orphans], options);
  const known = { services: project.services, actual: replicas };
  const creations = creationsOf(changes, known, options);
  const [missing, stopped] = await Promise.all([
    missingImages(programs, imagesOf(changes)),
    stoppedByCreation(programs, creations),
  ]);
  const findings = preflight(changes, missing, options);
  refuse([...findings, ...networkFindings(stopped, replicas, creations)]);
  const warnings = [
    ...findings.map(({ path, reason, remedy }) => `${path}: ${reason}. ${remedy}`),
    ...(options.removeOrphans ? [] : orphanWarnings(orphans)),
  ];
  const facts = { project: project.name, missingImages: missing, ...known, warnings };
  return schedule(changes, facts, options);
}

function imagesOf(changes: ServiceChange[]): string[] {
  return changes.filter((change) => change.swaps.length + change.adds.length > 0)
    .flatMap((change) => change.desired?.image ?? []);
}

function refuse(findings: Finding[]): void {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.length === 0) return;
  const [first, ...others] = errors;
  throw new KerekError(`Cannot deploy: ${first.path}: ${first.reason}`, {
    hint: first.remedy,
    details: others.map(({ path, reason, remedy }) => `${path}: ${reason}. ${remedy}`),
  });
}

function networkFindings(
  stopped: Set<string>,
  replicas: Replica[],
  creations: Creation[],
): Finding[] {
  const names = replicas.map((replica) => replica.name).filter((name) => stopped.has(name));
  if (names.length === 0) return [];
  return [{
    severity: "error",
    path: `services.${creations[0].service}.networks`,
    reason: `Compose would stop ${names.join(", ")} first, as the definition of a network or ` +
      "volume in use was changed",
    remedy: "Give the changed network a new name, or apply it by `docker compose up` when an " +
      "outage is acceptable.",
  }];
}

function orphanWarnings(orphans: Replica[]): string[] {
  if (orphans.length === 0) return [];
  const names = orphans.map((replica) => replica.name).join(", ");
  return [`${names}: no service of the Compose files. --remove-orphans removes such containers.`];
}

async function carryOut(
  plan: Plan,
  project: Project,
  programs: Programs,
  options: DeployOptions,
  ports: DeployPorts,
): Promise<Outcome> {
  if (plan.steps.length === 0) return "nothing";
  const { CommandEngine } = await import("./engine/engine.ts");
  const { emit, clock, signal } = ports;
  const engine = new CommandEngine(programs, project, options, {
    env: ports.surroundings.env,
    onOutput: (text) => emit({ type: "output", at: clock.now(), text }),
  });
  const { parallel } = options.compose;
  const limit = parallel !== undefined && parallel > 0 ? parallel : undefined;
  try {
    engine.open();
    return await execute(plan, { engine, clock, emit, signal, parallel: limit });
  } finally {
    await engine.close();
  }
}
