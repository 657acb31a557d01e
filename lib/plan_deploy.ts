import { circumstances } from "./engine/circumstances.ts";
import type { Project } from "./engine/decode_project.ts";
import { imageIds, type Observation, observe, profilesFor } from "./engine/observe.ts";
import type { Programs } from "./engine/programs.ts";
import type { Reading } from "./engine/reading.ts";
import { stoppedBy } from "./engine/rehearsal.ts";
import { KerekError } from "./errors.ts";
import type { HeldLock } from "./lock/deploy_lock.ts";
import type { DeployOptions } from "./options.ts";
import { consider } from "./plan/consider.ts";
import { creationsOf } from "./plan/create_steps.ts";
import { diff } from "./plan/diff.ts";
import { checkDnsDrain } from "./plan/dns_drain.ts";
import { audible, type Finding, findingText } from "./plan/finding.ts";
import type { Hook, HookSpec } from "./plan/hooks.ts";
import type { DesiredService, Plan, PlanOptions, Replica, ServiceChange } from "./plan/model.ts";
import { override } from "./plan/override.ts";
import { preflight } from "./plan/preflight.ts";
import { newReplicas } from "./plan/refs.ts";
import { schedule } from "./plan/schedule.ts";
import { unfinished } from "./plan/unfinished.ts";
import { type Hooked, type LoadHooks, withHooks } from "./plan_hooks.ts";

/** A plan for a project, and the programs to carry it out with. */
export interface Planned {
  plan: Plan;
  project: Project;
  programs: Programs;
  /** Ids of the containers that were there, in order. */
  seen: string[];
  /** What the images' names of services that get new replicas stand for. */
  imageIds: Map<string, string>;
  /** The Compose files as Compose resolves them to one, in YAML. */
  source: string;
}

/** What is known besides the files that are deployed. */
export interface Judge {
  /** Says which replicas are of the wanted revision. */
  judged(replicas: Replica[], services: DesiredService[]): Replica[];
  /** Services that are defined, too, though not in these files, and not active. */
  inactive: string[];
}

/** What a deploy is planned with besides the programs. */
export interface PlanAround {
  hooksOf: HookLoader;
  /** Absent: the Compose files are deployed. */
  judge?: Judge;
  /** Whose lock the project has; nothing if it has none. */
  lockOf(project: string): Promise<HeldLock | undefined>;
  /** What is being read already; absent: that begins now. */
  reading?: Reading;
}

/**
 * Looks at what should be and what is, and plans the way from one to the other.
 *
 * @throws {KerekError} if that cannot be known or must not be done; nothing was touched.
 */
export async function planDeploy(
  given: Programs,
  options: DeployOptions,
  { hooksOf, judge, lockOf, reading }: PlanAround,
): Promise<Planned> {
  const { hooks, ...others } = options;
  const planOptions = { ...others, allResources: options.compose.allResources };
  const verb = judge ? "roll back" : "deploy";
  const { observation: seenAs, programs } = await observeNamed(given, options, reading);
  const observation = judge ? seenBy(judge, seenAs) : seenAs;
  const load: LoadHooks = (specs) => hooksOf(specs, observation.project.name, programs);
  const hook = (services: DesiredService[]) =>
    withHooks(services, observation.project.hooks, hooks ?? [], load);
  const made = await makePlan(programs, observation, planOptions, {
    hook,
    verb,
    lockOf: () => lockOf(observation.project.name),
  });
  if (judge) made.plan.purpose = "rollback";
  const seen = observation.replicas.map((replica) => replica.id).sort();
  const { project, source } = observation;
  return { ...made, project, programs, seen, source };
}

function seenBy(judge: Judge, seen: Observation): Observation {
  return {
    ...seen,
    replicas: judge.judged(seen.replicas, seen.project.services),
    inactive: new Set([...seen.inactive, ...judge.inactive]),
  };
}

/** Loads hook modules that act through these programs. */
export type HookLoader = (
  specs: HookSpec[],
  project: string,
  programs: Programs,
) => Promise<Hook[]>;

/** Naming a service whose profile is not active makes it active, as it does in Compose. */
export async function observeNamed(
  programs: Programs,
  options: DeployOptions,
  reading?: Reading,
): Promise<{ observation: Observation; programs: Programs }> {
  const observation = await observe(programs, options, reading);
  const known = new Set(observation.project.services.map((service) => service.name));
  const unknown = options.services.filter((name) => !known.has(name));
  const profiles = unknown.length > 0 ? await profilesFor(programs, unknown) : [];
  // Without any, `consider` says what is wrong.
  if (profiles.length === 0) return { observation, programs };
  const active = programs.withProfiles(profiles);
  return { observation: await observe(active, options), programs: active };
}

/** What is to change by the files and the containers alone, and what is to be created for it. */
function whatChanges(
  { project, replicas, inactive }: Observation,
  options: PlanOptions,
  isPodman: boolean,
  verb: string,
) {
  const drains = project.services.map((x) => checkDnsDrain(override(x, options), isPodman));
  const services = drains.map(({ service }) => service);
  const considered = consider(services, options, verb);
  const defined = new Set([...services.map((service) => service.name), ...inactive]);
  const names = new Set(considered.map((service) => service.name));
  const orphans = replicas.filter((replica) => !defined.has(replica.service));
  const relevant = replicas.filter((replica) => names.has(replica.service));
  const changes = diff(considered, [...relevant, ...orphans], options);
  const known = { services, actual: replicas };
  const creations = creationsOf(changes, known, options);
  return { drains, considered, orphans, changes, known, creations };
}

async function makePlan(
  programs: Programs,
  observation: Observation,
  options: PlanOptions,
  { hook, verb, lockOf }: {
    hook: (services: DesiredService[]) => Promise<Hooked>;
    verb: string;
    lockOf: () => Promise<HeldLock | undefined>;
  },
): Promise<{ plan: Plan; imageIds: Map<string, string> }> {
  const { project, replicas, warnings: doubts } = observation;
  const { drains, considered, orphans, changes, known, creations } = whatChanges(
    observation,
    options,
    programs.clients.isPodman,
    verb,
  );
  const changing = changes.filter((change) => newReplicas(change).length > 0)
    .flatMap(({ desired }) => desired ?? []);
  const images = changing.map(({ image }) => image);
  const [ids, stopped, around, { services: hooked, hooks }] = await Promise.all([
    imageIds(programs, images),
    stoppedBy(creations, programs),
    circumstances(programs, changing, replicas),
    hook(considered),
  ]);
  const missing = new Set(images.filter((image) => !ids.has(image)));
  const touched = new Set(changes.flatMap((x) => x.cause === "" ? [] : [x.service]));
  const findings = [
    ...preflight(changes, missing, { ...known, ...around }, options),
    ...drains.flatMap(({ service, findings }) =>
      touched.has(service.name) ? audible(findings, service.ignoredWarnings) : []
    ),
    ...networkFindings(stopped, replicas),
    ...audible(options.removeOrphans ? [] : orphanFindings(orphans), project.ignoredWarnings),
  ];
  const warnings = [
    ...doubts,
    ...(await unfinishedFindings(changes, lockOf)).map(findingText),
    ...findings.filter(({ severity }) => severity === "warning").map(findingText),
  ];
  refuse(findings, warnings, verb);
  const facts = { project: project.name, missingImages: missing, ...known, warnings, hooks };
  const plan = schedule(changes.map((change) => withHooksOf(change, hooked)), facts, options);
  return { plan, imageIds: ids };
}

/** The change with the hooks of its service, which are loaded while its images are looked up. */
function withHooksOf(change: ServiceChange, hooked: DesiredService[]): ServiceChange {
  const hooks = hooked.find(({ name }) => name === change.service)?.hooks;
  return change.desired && hooks ? { ...change, desired: { ...change.desired, hooks } } : change;
}

/**
 * What another deploy is at is not left over, and what may be meant that way is only told of where one
 * is known to have died.
 */
async function unfinishedFindings(
  changes: ServiceChange[],
  lockOf: () => Promise<HeldLock | undefined>,
): Promise<Finding[]> {
  const found = changes.flatMap((change) => {
    const one = unfinished(change);
    const ignored = change.desired?.ignoredWarnings;
    return one && audible([one.finding], ignored).length > 0 ? [one] : [];
  });
  if (found.length === 0) return [];
  const lock = await lockOf();
  if (lock?.isAlive) return [];
  return found.filter(({ isCertain }) => isCertain || lock).map(({ finding }) => finding);
}

/** Says all there is to say at once, so that what is mended next time is all of it. */
function refuse(findings: Finding[], warnings: string[], verb: string): void {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.length === 0) return;
  const [first, ...others] = errors;
  const details = [...others.map(findingText), ...warnings.map((text) => `Warning: ${text}`)];
  throw new KerekError(`Cannot ${verb}: ${first.path}: ${first.reason}`, {
    hint: details.length > 0 ? `${first.path}: ${first.remedy}` : first.remedy,
    details,
  });
}

/** What Compose would stop only to create something, see {@linkcode stoppedBy}. */
export function networkFindings(stopped: Set<string>, replicas: Replica[]): Finding[] {
  const lost = replicas.filter(({ name }) => stopped.has(name));
  if (lost.length === 0) return [];
  return [{
    severity: "error",
    path: `services.${lost[0].service}.networks`,
    reason: `Compose would stop ${lost.map(({ name }) => name).join(", ")} first, as the ` +
      "definition of a network or volume in use was changed",
    // Compose 5 takes another name under the same key for a change, too.
    remedy:
      "Define the changed network under another key, or apply it by `docker compose up` when " +
      "an outage is acceptable.",
  }];
}

function orphanFindings(orphans: Replica[]): Finding[] {
  if (orphans.length === 0) return [];
  return [{
    severity: "warning",
    name: "orphans",
    path: "services",
    reason: `the files define no service of ${orphans.map(({ name }) => name).join(", ")}`,
    remedy: "--remove-orphans removes such containers.",
  }];
}
