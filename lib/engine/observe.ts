import type { DeployOptions } from "../options.ts";
import { byCodePoint } from "../plan/consider.ts";
import type { DesiredService, Replica } from "../plan/model.ts";
import * as argv from "./argv.ts";
import type { InspectedContainer } from "./decode_containers.ts";
import type { Project } from "./decode_project.ts";
import { doubts } from "./doubts.ts";
import type { Programs } from "./programs.ts";
import { beginReading, readContainers, readFiles, type Reading } from "./reading.ts";
import { rehearsal } from "./rehearsal.ts";
import type { Output } from "./spawn.ts";
import { decoded } from "./with_advice.ts";

/** What should be and what is. */
export interface Observation {
  project: Project;
  /** The project's containers, without those of `compose run`. */
  replicas: Replica[];
  /** Services that the files define but whose profile is not active. */
  inactive: Set<string>;
  /** What is doubtful in the files, such as a variable that is not set. */
  warnings: string[];
  /** The Compose files as Compose resolves them to one, in YAML. */
  source: string;
}

/**
 * Reads the Compose files and the engine's containers, as much as possible at the same time.
 *
 * @param reading What is being read already; without it, that begins now.
 */
export async function observe(
  programs: Programs,
  options: DeployOptions,
  reading: Reading = beginReading(programs, options),
): Promise<Observation> {
  const { config, hashes, containers: json } = reading;
  // Loading the decoders takes about as long as a program's start, and now there is time for it.
  const [{ stdout: source, stderr }, , , project, containers] = await inOrder([
    config,
    hashes,
    json,
    decodedProject(programs, config, hashes, options),
    decodedContainers(json),
  ]);
  // Which order the engine lists them in depends on when each one was last touched.
  const replicas = containers.filter((x) => x.project === project.name).map((x) => x.replica)
    .sort((a, b) => byCodePoint(a.service, b.service) || a.number - b.number);
  const isWatched = ({ watchesImage }: DesiredService) => watchesImage || watchesImages(options);
  const [judged, inactive, ids] = await inOrder([
    asComposeJudges(programs, project, replicas),
    inactiveServices(programs, project, replicas),
    imageIds(programs, project.services.filter(isWatched).map((x) => x.image)),
  ]);
  const services = project.services.map((x) =>
    isWatched(x) ? { ...x, imageId: ids.get(x.image) } : x
  );
  const marked = project.services.some(({ watchesFiles }) => watchesFiles)
    ? await markedByFiles(programs, project, judged)
    : judged;
  const warnings = doubts(stderr, project.unreadKeys ?? [], project.ignoredWarnings);
  return { project: { ...project, services }, replicas: marked, inactive, warnings, source };
}

async function markedByFiles(
  programs: Programs,
  project: Project,
  replicas: Replica[],
): Promise<Replica[]> {
  const { realFiles, withChangedFiles } = await import("./changed_files.ts");
  return await withChangedFiles(programs, project, replicas, realFiles);
}

async function decodedProject(
  programs: Programs,
  config: Promise<Output>,
  hashes: Promise<string>,
  { compose }: DeployOptions,
): Promise<Project> {
  const { decodeModel, projectOf } = await import("./decode_project.ts");
  const { stdout: yaml } = await config;
  const model = await decoded(programs, () => decodeModel(yaml));
  const lines = await hashes;
  return await decoded(programs, () => projectOf(model, lines, compose));
}

async function decodedContainers(json: Promise<string>): Promise<InspectedContainer[]> {
  const { decodeContainers } = await import("./decode_containers.ts");
  return decodeContainers(await json);
}

/** The profiles that named but inactive services need, as `docker compose up NAME` turns them on. */
export async function profilesFor(programs: Programs, services: string[]): Promise<string[]> {
  const { parseYaml } = await import("../deps/yaml.ts");
  const { stdout } = await readFiles(programs, ["--profile", "*", ...argv.composeConfig()]);
  const all = (parseYaml(stdout)?.services ?? {}) as Record<string, { profiles?: string[] }>;
  return [...new Set(services.flatMap((name) => all[name]?.profiles?.slice(0, 1) ?? []))];
}

/** All results; of several errors the first in this order, not in time, so that it never varies. */
async function inOrder<T extends Promise<unknown>[]>(promises: readonly [...T]) {
  const all = Promise.all(promises);
  all.catch(() => {});
  for (const promise of promises) await promise;
  return await all;
}

/** Ids of a project's containers that are there now, in order. */
export async function containersNow(programs: Programs, project: string): Promise<string[]> {
  return lines(await programs.readEngine(argv.listContainers({ project }))).sort();
}

/** A project's containers, without those of `compose run`. */
export async function containersOf(programs: Programs, project: string): Promise<Replica[]> {
  const json = await readContainers(programs, project);
  const { decodeContainers } = await import("./decode_containers.ts");
  return decodeContainers(json).map(({ replica }) => replica);
}

/**
 * Compose hashes a service that shares with another one after it has put container ids in place
 * of the other's name, and one that depends on a provider after it has added the variables that
 * this gives, which `config --hash` does not do. So what Compose itself would do decides
 * there: a replica that it would leave alone counts as being of the wanted revision.
 */
async function asComposeJudges(
  programs: Programs,
  project: Project,
  replicas: Replica[],
): Promise<Replica[]> {
  const provided = new Set(
    project.services.filter(({ isProvided }) => isProvided).map(({ name }) => name),
  );
  const sharing = new Map(
    project.services
      .filter((x) => x.sharesWith.length > 0 || x.dependsOn.some((name) => provided.has(name)))
      .map((x) => [x.name, x]),
  );
  const isDoubtful = ({ service, revision }: Replica) =>
    sharing.has(service) && sharing.get(service)!.revision !== revision;
  const doubtful = replicas.filter(isDoubtful);
  if (doubtful.length === 0) return replicas;
  const services = [...new Set(doubtful.map((replica) => replica.service))];
  const { code, stdout, stderr } = await programs.tryCompose(argv.composeRehearseUp(services));
  if (code !== 0) return replicas;
  const { recreated } = rehearsal(stdout + stderr);
  return replicas.map((replica) =>
    isDoubtful(replica) && !recreated.has(replica.name)
      ? { ...replica, revision: sharing.get(replica.service)!.revision }
      : replica
  );
}

async function inactiveServices(
  programs: Programs,
  project: Project,
  replicas: Replica[],
): Promise<Set<string>> {
  const active = new Set(project.services.map((service) => service.name));
  if (replicas.every((replica) => active.has(replica.service))) return new Set();
  const { stdout } = await readFiles(programs, ["--profile", "*", ...argv.composeServices()]);
  const all = lines(stdout);
  return new Set(all.filter((name) => !active.has(name)));
}

/**
 * Whether a replica is outdated if its image's name stands for another image by now: only if that
 * is asked for, or new images are, as by itself the config hash alone decides.
 */
export function watchesImages({ imageChanges, build, pull }: DeployOptions): boolean {
  return imageChanges === true || build === true || pull === "always";
}

/** What the names of images stand for now, of those that are there. */
export async function imageIds(programs: Programs, names: string[]): Promise<Map<string, string>> {
  const images = [...new Set(names)].sort();
  if (images.length === 0) return new Map();
  const { bareId } = await import("./decode_containers.ts");
  const { code, stdout } = await programs.tryEngine(argv.inspectImages(images));
  const ids = lines(stdout);
  if (code === 0 && ids.length === images.length) {
    return new Map(images.map((image, i) => [image, bareId(ids[i])]));
  }
  if (images.length === 1) return new Map();
  // Which one is not there, the error does not say in a way to rely on.
  const singles = await Promise.all(images.map((image) => imageIds(programs, [image])));
  return new Map(singles.flatMap((single) => [...single]));
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
