import * as z from "../deps/zod.ts";
import { serviceSchema, topLevelSchema } from "./x_kerek.ts";

/** Says of Compose files no more than what `x-kerek` can be, at the top level and at services. */
const composeFile = z.looseObject({
  "x-kerek": topLevelSchema().nullish(),
  services: z.record(
    z.string(),
    z.looseObject({ "x-kerek": serviceSchema().nullish() }).nullable(),
  ).optional(),
}).describe("x-kerek in a Compose file, to be used beside the schema of Compose files");

/** The JSON Schema of `x-kerek`, of the draft that editors of YAML understand. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(composeFile, {
    io: "input",
    target: "draft-7",
    override: ({ jsonSchema }) => {
      // A limit of zod's, not of kerek's.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}

/** The same as it is printed, and kept in `docs/x-kerek.schema.json`. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`;
}
