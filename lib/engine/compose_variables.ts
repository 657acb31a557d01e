import { join, resolve } from "node:path";
import type { ComposeOptions } from "../options.ts";

/** What of the machine tells the variables that steer Compose. */
export interface VariablePlaces {
  env(name: string): string | undefined;
  /** The text of a file; absent: no file is read. */
  readText?(path: string): string | undefined;
  cwd: string;
}

/**
 * Gives variables such as COMPOSE_FILE as Compose takes them: from the environment, else from the
 * files of `--env-file` or COMPOSE_ENV_FILES, or from `.env` (Docker documentation, Pre-defined environment variables).
 * What a file makes of other variables is not followed.
 */
export function composeVariables(
  { projectDirectory, envFiles = [] }: Partial<
    Pick<ComposeOptions, "projectDirectory" | "envFiles">
  >,
  { env, readText, cwd }: VariablePlaces,
): (name: string) => string | undefined {
  const named = envFiles.length > 0
    ? envFiles
    : (env("COMPOSE_ENV_FILES") ?? "").split(",").filter((path) => path !== "");
  const paths = named.length > 0
    ? named.map((path) => resolve(cwd, path))
    : [join(resolve(cwd, projectDirectory ?? ""), ".env")];
  return (name) =>
    env(name) ?? paths.map((path) => inFile(readText?.(path) ?? "", name)).findLast((x) => x);
}

/** Its last value in a file of variables, without quotes and what is said of it. */
function inFile(text: string, name: string): string | undefined {
  const line = new RegExp(
    `^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*[=:][ \\t]*(?:"([^"]*)"|'([^']*)'|(.*?))(?:[ \\t]+#.*)?[ \\t\\r]*$`,
    "gm",
  );
  const [, ...values] = [...text.matchAll(line)].at(-1) ?? [];
  return values.find((value) => value !== undefined);
}
