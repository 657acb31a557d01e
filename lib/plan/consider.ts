import { KerekError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { DesiredService, PlanOptions } from "./model.ts";

/**
 * The services to deploy, in the order to deploy them: by Unicode code point of their names, jobs
 * first, so that nothing else is touched if one fails. Before all, a service comes after those that
 * it depends on.
 *
 * @param verb What is to be done with them, for the error.
 * @throws {KerekError} if a named service does not exist.
 */
export function consider(
  desired: DesiredService[],
  options: Pick<PlanOptions, "services" | "deps">,
  verb = "deploy",
): DesiredService[] {
  const byName = new Map(desired.map((service) => [service.name, service]));
  for (const name of options.services) {
    if (!byName.has(name)) throw unknownService(name, [...byName.keys()], verb);
  }
  const named = options.services.length > 0 ? new Set(options.services) : new Set(byName.keys());
  if (options.deps) addDependencies(named, byName);
  const inOrder = [...named].sort(byCodePoint);
  const isJob = (name: string) => byName.get(name)!.isJob;
  const jobsFirst = [...inOrder.filter(isJob), ...inOrder.filter((name) => !isJob(name))];
  return dependenciesFirst(jobsFirst, byName);
}

/** Compares by Unicode code point, where `<` on strings compares UTF-16 code units. */
export function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  const at = x.findIndex((character, i) => character !== y[i]);
  if (at < 0) return x.length - y.length;
  return at >= y.length ? 1 : x[at].codePointAt(0)! - y[at].codePointAt(0)!;
}

function addDependencies(names: Set<string>, byName: Map<string, DesiredService>) {
  for (const name of names) { // Grows while it is walked, which a Set allows.
    for (const dependency of byName.get(name)!.dependsOn) {
      if (byName.has(dependency)) names.add(dependency);
    }
  }
}

function dependenciesFirst(
  names: string[],
  byName: Map<string, DesiredService>,
): DesiredService[] {
  const considered = new Set(names);
  const placed = new Map<string, DesiredService>();
  const place = (name: string, path: Set<string>) => {
    if (placed.has(name) || path.has(name)) return; // Compose refuses cycles itself.
    const service = byName.get(name)!;
    const inside = new Set(path).add(name);
    service.dependsOn.filter((x) => considered.has(x)).sort(byCodePoint)
      .forEach((dependency) => place(dependency, inside));
    placed.set(name, service);
  };
  names.forEach((name) => place(name, new Set()));
  return [...placed.values()];
}

/** The error of a service's name that is none; `verb` is what was to be done with it. */
export function unknownService(name: string, known: string[], verb: string): KerekError {
  const guess = nearest(name, known);
  return new KerekError(`Cannot ${verb} ${name}: the Compose files define no such service`, {
    hint: guess
      ? `Did you mean ${guess}?`
      : `Services are: ${known.sort(byCodePoint).join(", ") || "none"}.`,
  });
}
