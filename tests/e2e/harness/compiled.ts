import assert from "node:assert/strict";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A compiled kerek to test, such as that of a release, in place of one made here. */
const given = Deno.env.get("KEREK_BINARY");

/** Why there is no compiled kerek here, if so. */
export const whyNotCompiled: string | undefined = given
  ? undefined
  : ["DENORT_BIN", "KEREK_COMPILER"]
    .filter((name) => !Deno.env.get(name)).map((name) => `${name} is not set`).join(", ") ||
    undefined;

let program = given && resolve(given);

/** The path of a compiled kerek, made at the first call and removed at the end of all tests. */
export function compiledKerek(): string {
  program ||= compile();
  return program;
}

function compile(): string {
  const folder = Deno.makeTempDirSync({ prefix: "kerek-compiled-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const script = fileURLToPath(new URL("../../../scripts/compile.ts", import.meta.url));
  const { success, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", script, Deno.build.target],
    env: { KEREK_DIST: folder },
  }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  const [name] = [...Deno.readDirSync(folder)].map((entry) => entry.name)
    .filter((name) => name.startsWith("kerek-"));
  return `${folder}/${name}`;
}
