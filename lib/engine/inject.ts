import { packTar } from "../deps/tar.ts";
import { KerekError } from "../errors.ts";
import * as argv from "./argv.ts";
import type { InjectedFile } from "./decode_project.ts";
import type { Programs } from "./programs.ts";

/**
 * Puts configs and secrets into a created container that since Compose 2.37.3 only Compose's own
 * start brings. Contents travel through a pipe, never through an argument or a file.
 */
export async function injectFiles(
  programs: Programs,
  id: string,
  files: InjectedFile[],
  env: (name: string) => string | undefined,
): Promise<void> {
  const names = files.flatMap(({ source }) =>
    source.kind === "environment" ? [source.variable] : []
  );
  const variables = await valuesOf(names, programs, env);
  if (!variables) return;
  const archive = await packTar(files.map((file) => entryOf(file, variables)));
  await programs.writeEngine(argv.copyInto(id), { stdin: new Uint8Array(archive) });
}

function entryOf(file: InjectedFile, variables: Map<string, string>) {
  const { target, source, mode, uid, gid } = file;
  const body = new TextEncoder().encode(textOf(source, target, variables));
  return {
    header: { name: target.replace(/^\//, ""), size: body.length, mode, uid, gid },
    body,
  };
}

function textOf(
  source: InjectedFile["source"],
  target: string,
  variables: Map<string, string>,
): string {
  if (source.kind === "content") return source.content;
  const value = variables.get(source.variable);
  if (value !== undefined) return value;
  throw new KerekError(`variable ${source.variable}, the content of ${target}, is not set`, {
    hint: "Set it in the environment, or in a file that --env-file names.",
  });
}

/**
 * Values as Compose sees them: the process's own go before those of environment files.
 *
 * @returns none with a Compose that is too old to tell them, and too old to need this.
 */
export async function valuesOf(
  names: string[],
  programs: Programs,
  env: (name: string) => string | undefined,
): Promise<Map<string, string> | undefined> {
  if (names.length === 0) return new Map();
  const { code, stdout } = await programs.tryCompose(argv.composeEnvironment());
  if (code !== 0) return undefined;
  const values = parseEnvironment(stdout);
  for (const name of names) {
    const own = env(name);
    if (own !== undefined) values.set(name, own);
  }
  return values;
}

/** Lines `NAME=value`; a line that does not begin so goes on with the value before. */
function parseEnvironment(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let last = "";
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match) values.set(last = match[1], match[2]);
    else if (last) values.set(last, `${values.get(last)}\n${line}`);
  }
  return values;
}
