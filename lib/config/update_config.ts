import * as z from "../deps/zod.ts";
import { once } from "./once.ts";
import { duration, oneOf, ratio, wholeNumber } from "./values.ts";

/**
 * `deploy.update_config` and `deploy.rollback_config` (Compose Deploy Specification). Compose
 * itself checks little of them, as it does not use them.
 */

/** What both have. */
const shared = once(() => ({
  /** Replicas to replace at a time; 0: all. */
  parallelism: wholeNumber(0).optional(),
  /** Pause between two replacements. */
  delay: duration.optional(),
  /** How long a new replica must stay well before its old one is touched. */
  monitor: duration.optional(),
  order: oneOf(["start-first", "stop-first"]).optional(),
  max_failure_ratio: ratio().optional(),
}));

/** `deploy.update_config`; keys of later specifications are let through. */
export const updateConfigSchema = once(() =>
  z.looseObject({
    ...shared(),
    failure_action: oneOf(["pause", "continue", "rollback"]).optional(),
  })
);

/** `deploy.rollback_config`. */
export const rollbackConfigSchema = once(() =>
  z.looseObject({
    ...shared(),
    failure_action: oneOf(["pause", "continue"]).optional(),
  })
);

/** `deploy.update_config`, decoded; durations are in milliseconds. */
export type UpdateConfig = z.output<ReturnType<typeof updateConfigSchema>>;

/** `deploy.rollback_config`, decoded. */
export type RollbackConfig = z.output<ReturnType<typeof rollbackConfigSchema>>;
