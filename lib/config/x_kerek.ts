import * as z from "../deps/zod.ts";
import { gateSchema } from "./gate.ts";
import { hooksSchema } from "./hook.ts";
import { once } from "./once.ts";
import { warningNames } from "../plan/finding.ts";
import { command, duration, flag, listOf, must, oneOf, strict, wholeNumber } from "./values.ts";

/**
 * The schema of `x-kerek`, kerek's own part of a Compose file. Compose ignores such keys and does
 * not hash them (Compose Specification, Extensions), so `docker compose up` takes the file as well.
 */

const drain = () =>
  strict({
    settle: duration.optional().describe(
      "Pause after the new replica is ready and before the old one is touched, so that proxies " +
        "learn of the new one. Only with order start-first. Default: none",
    ),
    mark: command().optional().describe(
      "Command in the old replica that makes its healthcheck fail, so that proxies leave it: a list " +
        "of words, or one line for its shell. A restart of the container must undo it. Default: none",
    ),
    dns: flag().optional().describe(
      "Whether a replica has its service's names only while it is ready and not about to stop: a " +
        "new one gets them once it has passed its gates, an old one loses them before the wait, " +
        "while its connections live on. Needs Docker and parallelism 1. Default: false",
    ),
    wait: duration.optional().describe(
      "Pause after that and before the old replica is told to stop. Default: none",
    ),
  }).meta({ id: "drain", description: "What happens to an old replica before it is told to stop" });

const offOrCount = '"off" or a whole number';

const history = () =>
  z.union(
    [z.enum(["off"]), wholeNumber(1, undefined, offOrCount)],
    must(`${offOrCount}, 1 or more`),
  )
    .transform((value) => value === "off" ? 0 : value)
    .describe(
      "How many deploys that went well the history keeps, and as many that did not; off: none, so " +
        "that there is nothing to roll back to. Default: 10",
    );

/** Keys that stand at the top level for all services, or at a service for itself. */
const shared = once(() => ({
  drain: drain().optional(),
  gates: listOf(gateSchema(), "a list of gates, such as [{healthcheck: active}]").optional()
    .describe(
      "What a new replica must pass, in order, after it is ready and before an old one is touched",
    ),
  "file-changes": flag().optional().describe(
    "Whether a replica is outdated whose configs or secrets have another content by now. " +
      "Default: false",
  ),
  "ignore-warnings": listOf(oneOf(warningNames), "a list of names of warnings").optional()
    .describe("Names of warnings that are not to be given. Default: none"),
  "image-changes": flag().optional().describe(
    "Whether a replica is outdated whose image's name stands for another image by now. " +
      "Default: false",
  ),
  hooks: hooksSchema().optional().describe(
    "TypeScript modules of your own that are called around replacements, in order: paths " +
      "relative to the project directory, or kerek:NAME for those that come with kerek",
  ),
}));

/** `x-kerek` at the top level of a Compose file. */
export const topLevelSchema = once(() =>
  strict({ ...shared(), history: history().optional() }).describe(
    "kerek's defaults for all services, and settings of the project",
  )
);

/** `x-kerek` of a service; each of its keys goes before the same one at the top level. */
export const serviceSchema = once(() =>
  strict(shared()).describe(
    "kerek's settings of this service; each key goes before the same one at the top level",
  )
);

/** `x-kerek` of a service, decoded. */
export type ServiceSettings = z.output<ReturnType<typeof serviceSchema>>;
