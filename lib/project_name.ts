import * as argv from "./engine/argv.ts";
import { readFiles } from "./engine/reading.ts";
import { KerekError } from "./errors.ts";
import type { Programs } from "./engine/programs.ts";
import type { ComposeOptions } from "./options.ts";

/**
 * The name of the project that is meant. Where it is given, no Compose file is needed, so that what
 * is wrong with one does not matter.
 *
 * @throws {KerekError} if it is not given and the Compose files cannot be read.
 */
export async function projectName(
  programs: Programs,
  { projectName }: Pick<ComposeOptions, "projectName">,
): Promise<string> {
  if (projectName) return projectName;
  const { decodeModel } = await import("./engine/decode_project.ts");
  const { stdout } = await readFiles(programs, argv.composeConfig()).catch(withName);
  return decodeModel(stdout).name;
}

/** What reads files for the name alone can do without. */
function withName(thrown: unknown): never {
  if (!(thrown instanceof KerekError) || thrown.hint === undefined) throw thrown;
  const { message, hint, details, exitCode } = thrown;
  const more = `${hint} With --project-name NAME, no Compose file is needed.`;
  throw new KerekError(message, { hint: more, details, exitCode, cause: thrown });
}
