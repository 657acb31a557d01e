import { type Clients, clientsOf, type Surroundings } from "./engine/clients.ts";
import type { Project } from "./engine/decode_project.ts";
import { type Observation, observe, profilesFor, stoppedByCreation } from "./engine/observe.ts";
import { Programs } from "./engine/programs.ts";
import type { Spawner } from "./engine/spawn.ts";
import { KerekError } from "./errors.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import { execute } from "./execute/execute.ts";
import type { Clock } from "./execute/ports.ts";
import type { DeployOptions } from "./options.ts";
import { consider } from "./plan/consider.ts";
import { diff } from "./plan/diff.ts";
import type { Creation, Plan, PlanOptions, Replica } from "./plan/model.ts";
import { type Finding, preflight } from "./plan/preflight.ts";
import { creationsOf } from "./plan/create_steps.ts";
import { schedule } from "./plan/schedule.ts";

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
  const first = await planned(programs, options);
  const images = options.dryRun ? undefined : imagesOnly(first.plan);
  const before = images && await carryOut({ ...first, plan: images }, programs, options, ports);
  const isOn = before === undefined || before === "done";
  const last = images && isOn ? await planned(programs, withoutImages(options)) : first;
  const outcome = isOn ? await carryOut(last, programs, options, ports) : before;
  if (options.dryRun) return outcome;
  const at = ports.clock.now();
  const durationMs = at - startedAt;
  ports.emit({ type: "finished", at, outcome, plan: last.plan, durationMs });
  return outcome;
}

/** A plan for a project. */
interface Planned {
  plan: Plan;
  project: Project;
}

async function planned(programs: Programs, options: DeployOptions): Promise<Planned> {
  const observation = await observeNamed(programs, options);
  const planOptions = { ...options, allResources: options.compose.allResources };
  const plan = await makePlan(programs, observation, planOptions);
  return { plan, project: observation.project };
}

/** What is to be built or pulled, if anything: the rest is known once it is there. */
function imagesOnly(plan: Plan): Plan | undefined {
  const steps = plan.steps.filter(({ action: { kind } }) => kind === "build" || kind === "pull");
  return steps.length > 0 ? { ...plan, steps, warnings: [] } : undefined;
}

const withoutImages = (options: DeployOptions): DeployOptions => ({
  ...options,
  build: undefined,
  noBuild: true,
  pull: "never",
});

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
  { project, replicas, inactive, warnings: doubts }: Observation,
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
  const missing = new Set(
    considered.filter((service) => service.imageId === undefined).map((service) => service.image),
  );
  const stopped = await stoppedByCreation(programs, creations);
  const findings = preflight(changes, missing, options);
  refuse([...findings, ...networkFindings(stopped, replicas, creations)]);
  const warnings = [
    ...doubts,
    ...findings.map(({ path, reason, remedy }) => `${path}: ${reason}. ${remedy}`),
    ...(options.removeOrphans ? [] : orphanWarnings(orphans)),
  ];
  const facts = { project: project.name, missingImages: missing, ...known, warnings };
  return schedule(changes, facts, options);
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
  { plan, project }: Planned,
  programs: Programs,
  options: DeployOptions,
  { emit, clock, signal, surroundings }: DeployPorts,
): Promise<Outcome> {
  emit({ type: "planned", at: clock.now(), plan, dryRun: options.dryRun === true });
  if (options.dryRun) return "nothing";
  signal.throwIfAborted();
  if (plan.steps.length === 0) return "nothing";
  const { CommandEngine } = await import("./engine/engine.ts");
  const engine = new CommandEngine(programs, project, options, {
    env: surroundings.env,
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
