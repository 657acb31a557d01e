import { circumstances } from "./engine/circumstances.ts";
import { imageIds, type Observation } from "./engine/observe.ts";
import type { Programs } from "./engine/programs.ts";
import { stoppedBy } from "./engine/rehearsal.ts";
import { KerekError } from "./errors.ts";
import type { CheckOptions } from "./options.ts";
import { consider } from "./plan/consider.ts";
import { creationsOf } from "./plan/create_steps.ts";
import { diff } from "./plan/diff.ts";
import { checkDnsDrain } from "./plan/dns_drain.ts";
import { audible, distinct, type Finding } from "./plan/finding.ts";
import type { DesiredService, PlanOptions, Replica } from "./plan/model.ts";
import { override } from "./plan/override.ts";
import { preflight } from "./plan/preflight.ts";
import { withImagined } from "./plan/with_imagined.ts";
import { networkFindings, observeNamed } from "./plan_deploy.ts";
import type { HookSpec } from "./plan/hooks.ts";
import { type LoadHooks, namedHooks } from "./plan_hooks.ts";

/** What a check comes to. */
export interface Checked {
  findings: Finding[];
  /** What Compose itself says is doubtful in the files. */
  warnings: string[];
  /** How many services were looked at. */
  count: number;
}

/**
 * Finds all that a deploy would refuse or warn of, if it had to replace every replica of the
 * services now.
 *
 * @throws {KerekError} if the files or the engine cannot be read.
 */
export async function check(
  given: Programs,
  options: CheckOptions,
  load: (observation: Observation) => LoadHooks,
): Promise<Checked> {
  const { observation, programs } = await observeNamed(given, options);
  const { hooks: files, ...others } = options;
  const planOptions: PlanOptions = { ...others, allResources: options.compose.allResources };
  const { isPodman } = programs.clients;
  const drains = observation.project.services
    .map((service) => checkDnsDrain(override(service, planOptions), isPodman));
  const services = drains.map(({ service }) => service);
  const considered = consider(services, planOptions, "check");
  const [fromHooks, fromImages, fromNetworks] = await Promise.all([
    hookFindings(
      namedHooks(considered, observation.project.hooks, files ?? []).all,
      load(observation),
    ),
    replacementFindings(programs, services, considered, observation, planOptions),
    creationFindings(programs, services, considered, observation, planOptions),
  ]);
  const names = new Set(considered.map(({ name }) => name));
  const fromDrains = drains.filter(({ service }) => names.has(service.name))
    .flatMap(({ service, findings }) => audible(findings, service.ignoredWarnings));
  const findings = [...fromHooks, ...fromImages, ...fromNetworks, ...fromDrains];
  return { findings, warnings: observation.warnings, count: considered.length };
}

/** What is wrong with each module, once for each place that names it. */
async function hookFindings(specs: HookSpec[], load: LoadHooks): Promise<Finding[]> {
  const findings = new Map<string, Finding>();
  for (const spec of specs) {
    try {
      await load([spec]);
    } catch (error) {
      if (!(error instanceof KerekError)) throw error;
      const { message, hint = "", details } = error;
      const reason = [message, ...details].join("; ");
      const finding: Finding = { severity: "error", path: spec.place, reason, remedy: hint };
      findings.set(`${spec.place} ${reason}`, finding);
    }
  }
  return [...findings.values()];
}

/** What there is to say when all replicas are replaced, and what a deploy is refused for now. */
async function replacementFindings(
  programs: Programs,
  services: DesiredService[],
  considered: DesiredService[],
  { project, replicas }: Observation,
  options: PlanOptions,
): Promise<Finding[]> {
  const images = considered.map(({ image }) => image);
  const [ids, around] = await Promise.all([
    imageIds(programs, images),
    circumstances(programs, considered, replicas),
  ]);
  // Services that are not there yet are looked at as they will be at their first update.
  const actual = withImagined(considered, replicas, project.name, around);
  const names = new Set(considered.map(({ name }) => name));
  const missing = new Set(images.filter((image) => !ids.has(image)));
  const findings = (actual: Replica[], forceRecreate: boolean) => {
    const relevant = actual.filter(({ service }) => names.has(service));
    const changes = diff(considered, relevant, { ...options, forceRecreate });
    return preflight(changes, missing, { services, actual, ...around }, options);
  };
  const isError = ({ severity }: Finding) => severity === "error";
  return distinct([...findings(actual, true), ...findings(replicas, false).filter(isError)]);
}

/** What Compose would stop, only to create new replicas of everything. */
async function creationFindings(
  programs: Programs,
  services: DesiredService[],
  considered: DesiredService[],
  { replicas }: Observation,
  options: PlanOptions,
): Promise<Finding[]> {
  const names = new Set(considered.map(({ name }) => name));
  const relevant = replicas.filter((x) => names.has(x.service));
  const changes = diff(considered, relevant, { ...options, forceRecreate: true });
  const creations = creationsOf(changes, { actual: replicas, services }, options);
  const stopped = await stoppedBy(creations, programs);
  return networkFindings(stopped, replicas);
}
