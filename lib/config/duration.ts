import * as z from "../deps/zod.ts";
import { durationMs } from "../engine/duration.ts";

/** A duration of the Compose specification, decoded to milliseconds. */
export const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms = durationMs(String(value));
  if (ms !== undefined) return ms;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(value)} is not a duration; write it like 500ms, 10s or 1m30s`,
  });
  return z.NEVER;
});
