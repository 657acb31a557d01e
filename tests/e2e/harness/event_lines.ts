import assert from "node:assert/strict";
import { Ajv } from "../../../lib/deps/ajv.ts";

const path = new URL("../../../docs/events.schema.json", import.meta.url);
const validate = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(await Deno.readTextFile(path)),
);

/** A JSON object of a line. */
// deno-lint-ignore no-explicit-any
export type Line = any;

/** What `--progress json` printed, each line of which must be as the exported schema says. */
export function validLines(stdout: string): Line[] {
  return stdout.split("\n").filter((line) => line).map((line) => {
    const record = JSON.parse(line);
    assert.ok(validate(record), `${line}\n${JSON.stringify(validate.errors)}`);
    return record;
  });
}

/** The types of events, each once, in the order in which they came first. */
export const typesOf = (lines: Line[]): string[] => [...new Set(lines.map(({ type }) => type))];
