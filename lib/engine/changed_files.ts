import { unpackTar } from "../deps/tar.ts";
import type { Replica } from "../plan/model.ts";
import * as argv from "./argv.ts";
import type { InjectedFile, Project } from "./decode_project.ts";
import { valuesOf } from "./inject.ts";
import type { Programs } from "./programs.ts";

/** What a change of files is found out with. */
export interface FileSurroundings {
  env(name: string): string | undefined;
  /** When a file's content, or anything else of it, was last changed; absent if that is not known. */
  changedAt(path: string): Promise<number | undefined>;
}

/** Those of this process; what it may not read is not known. */
export const realFiles: FileSurroundings = {
  env(name) {
    try {
      return Deno.env.get(name);
    } catch {
      return undefined;
    }
  },
  async changedAt(path) {
    try {
      const { ctime, mtime } = await Deno.stat(path);
      return (ctime ?? mtime)?.getTime();
    } catch {
      return undefined;
    }
  },
};

/**
 * Marks replicas whose configs or secrets have another content by now, of services that ask for
 * it: Compose hashes no content. What the Compose files themselves or variables hold is compared
 * with what is in the container. A file of its own is mounted there, so it shows its new content
 * at once, if it was not replaced; it counts as changed if it was written since the start.
 */
export async function withChangedFiles(
  programs: Programs,
  project: Project,
  replicas: Replica[],
  around: FileSurroundings,
): Promise<Replica[]> {
  const watching = new Set(
    project.services.filter(({ watchesFiles }) => watchesFiles).map(({ name }) => name),
  );
  return await Promise.all(replicas.map(async (replica) => {
    if (!watching.has(replica.service)) return replica;
    const changedFile = await writtenSince(project, replica, around) ??
      await otherInside(programs, project, replica, around);
    return changedFile === undefined ? replica : { ...replica, changedFile };
  }));
}

async function writtenSince(
  { mountedFiles }: Project,
  { service, startedAt }: Replica,
  { changedAt }: FileSurroundings,
): Promise<string | undefined> {
  for (const { target, file } of mountedFiles.get(service) ?? []) {
    const at = await changedAt(file);
    if (at !== undefined && startedAt !== undefined && at > startedAt) return target;
  }
}

async function otherInside(
  programs: Programs,
  { injections }: Project,
  { id, service }: Replica,
  { env }: FileSurroundings,
): Promise<string | undefined> {
  for (const { target, source } of injections.get(service) ?? []) {
    const [wanted, found] = await Promise.all([
      contentOf(source, programs, env),
      contentInside(programs, id, target),
    ]);
    if (wanted !== undefined && found !== undefined && wanted !== found) return target;
  }
}

async function contentOf(
  source: InjectedFile["source"],
  programs: Programs,
  env: FileSurroundings["env"],
): Promise<string | undefined> {
  if (source.kind === "content") return source.content;
  return (await valuesOf([source.variable], programs, env))?.get(source.variable);
}

async function contentInside(
  programs: Programs,
  id: string,
  path: string,
): Promise<string | undefined> {
  const { code, stdout } = await programs.tryEngine(argv.copyOut(id, path));
  if (code !== 0) return undefined;
  try {
    const [entry] = await unpackTar(new TextEncoder().encode(stdout));
    return new TextDecoder().decode(entry?.data);
  } catch {
    return undefined; // What is no text was not put there from a Compose file.
  }
}
