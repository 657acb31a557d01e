import { KerekError } from "../errors.ts";
import type { ComposeOptions } from "../options.ts";
import * as argv from "./argv.ts";
import { noFileHint } from "./explain.ts";
import type { Programs } from "./programs.ts";
import { readableAgain } from "./readable_again.ts";
import type { Output } from "./spawn.ts";
import { withAdvice } from "./with_advice.ts";

/** What is being asked of Compose and the engine, to be decoded when it is there. */
export interface Reading {
  /** The Compose files as Compose resolves them to one, in YAML. */
  config: Promise<Output>;
  /** A line for each service with the hash that Compose labels its containers with. */
  hashes: Promise<string>;
  /** The containers of Compose projects, in JSON. */
  containers: Promise<string>;
}

/** Asks everything at once. None of it has to be awaited. */
export function beginReading(
  programs: Programs,
  { compose }: { compose: Pick<ComposeOptions, "projectName"> },
): Reading {
  // First what takes two calls, one after the other.
  const containers = readContainers(programs, compose.projectName);
  const config = readConfig(programs);
  const hashes = readHashes(programs, config);
  for (const answer of [containers, config, hashes]) answer.catch(() => {});
  return { containers, config, hashes };
}

async function readConfig(programs: Programs): Promise<Output> {
  const output = await readFiles(programs, argv.composeConfig());
  return { ...output, stdout: readableAgain(output.stdout) };
}

/**
 * Of the files, `config --hash` hashes the names of `env_file`s, and Compose hashes their content
 * when it creates a container. Of the resolved project, where their variables stand in place of
 * them, it gives the hashes of containers, those of `--compatibility` too, whose own are of a
 * project that lacks its defaults.
 */
async function readHashes(programs: Programs, config: Promise<Output>): Promise<string> {
  const resolved = config.then(({ stdout }) => stdout);
  // A program that does not even start takes no input.
  resolved.catch(() => {});
  const { code, stdout } = await programs.tryResolved(resolved, argv.composeHashes());
  if (code === 0) return stdout;
  // Something else that it does not read again. But for what was said, this is the same.
  return (await readFiles(programs, argv.composeHashes())).stdout;
}

/** What Compose says of the files. */
export async function readFiles(programs: Programs, command: string[]): Promise<Output> {
  try {
    return await programs.readCompose(command);
  } catch (error) {
    const explained = await withVersions(programs, inFolder(programs, error));
    throw await withAdvice(programs, cannot("read the Compose files", explained));
  }
}

/** Where a project directory is given, Compose looks there and nowhere else. */
function inFolder({ clients: { compose } }: Programs, error: unknown): unknown {
  const at = compose.indexOf("--project-directory");
  if (at < 0 || !(error instanceof KerekError) || error.hint !== noFileHint) return error;
  return new KerekError(`there is none in ${compose[at + 1]}`, {
    hint: "Name the project's folder by --project-directory, or the file with --file.",
    details: error.details,
  });
}

/** Which Compose it is matters only to what it does not know. */
async function withVersions(programs: Programs, error: unknown): Promise<unknown> {
  if (!(error instanceof KerekError)) return error;
  const { explainUnknownKeys, isOfUnknownKeys } = await import("./compose_needs.ts");
  if (!isOfUnknownKeys(error)) return error;
  return explainUnknownKeys(error, (await programs.tryCompose(argv.composeVersion())).stdout);
}

/** What the engine says of all containers of Compose projects, in JSON. */
export async function readContainers(programs: Programs, project?: string): Promise<string> {
  try {
    const ids = lines(await programs.readEngine(argv.listContainers({ project })));
    if (ids.length === 0) return "[]";
    // One that went in the meantime makes the exit code bad and the rest no less true.
    return (await programs.tryEngine(argv.inspectContainers(ids))).stdout;
  } catch (error) {
    throw cannot("list the engine's containers", error);
  }
}

/** An error that is one already stays as it is. */
function cannot(what: string, error: unknown): KerekError {
  const { message, hint, details, exitCode } = KerekError.from(error);
  if (message.startsWith("Cannot ")) return KerekError.from(error);
  return new KerekError(`Cannot ${what}: ${message}`, { hint, details, cause: error, exitCode });
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
