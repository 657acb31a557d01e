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

/**
 * Sees that the events in the report of a deploy are as the schema says. One that was killed, or was
 * refused for its command line, leaves none. What there was is added to the file KEREK_EVENTS.
 */
export async function checkReport(path: string): Promise<void> {
  const page = await Deno.readTextFile(path).catch(() => "");
  await Deno.remove(path).catch(() => {});
  if (page === "") return;
  const [, text] = /<script type="application\/json" id="events">(.*?)<\/script>/s.exec(page)!;
  const records: unknown[] = JSON.parse(text);
  const lines = validLines(records.map((record) => JSON.stringify(record)).join("\n"));
  const kinds = lines.map(({ type, outcome, state }) => `${type} ${outcome ?? state ?? ""}\n`);
  await Deno.writeTextFile(Deno.env.get("KEREK_EVENTS")!, kinds.join(""), { append: true });
}

/** The types of events, each once, in the order in which they came first. */
export const typesOf = (lines: Line[]): string[] => [...new Set(lines.map(({ type }) => type))];
