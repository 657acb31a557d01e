import * as z from "../deps/zod.ts";

/**
 * Version of the records that `--progress json` prints. It grows when a field goes or changes its
 * meaning; new fields, types and values of `action` may come without that.
 */
export const recordVersion = 1;

const head = {
  version: z.literal(recordVersion).describe("Version of this format"),
  at: z.number().describe(
    "When it happened, in milliseconds since a moment near the start of kerek",
  ),
};
const phase = z.enum(["deploy", "recovery"]).describe("Whether it is part of the way back");
const durationMs = z.number().min(0).describe("How long it took, in milliseconds");

const step = z.object({
  id: z.string().describe("Identifies the step in this run"),
  action: z.string().describe("What kind of step it is, such as start, ready, gate, stop, remove"),
  text: z.string().describe("The same in words, such as: start web-4"),
  cause: z.string().describe("Why it is done; may be empty"),
  container: z.string().optional().describe("Service and number of the replica, such as web-4"),
  service: z.string().optional().describe("Service that it is about, if it is about one"),
  role: z.enum(["old", "new", "after"]).optional().describe("Part of the replica in its swap"),
  swap: z.string().optional().describe("Swap that it belongs to"),
});

const count = z.int().min(0);
const change = z.object({
  service: z.string(),
  cause: z.string().describe("Why anything changes; empty if nothing does"),
  keep: count.describe("Replicas that stay"),
  replace: count.describe("Replicas that are replaced"),
  add: count.describe("Replicas that come without replacing one"),
  remove: count.describe("Replicas that go without being replaced"),
});

const result = z.object({
  service: z.string(),
  kind: z.enum([
    "unchanged",
    "updated",
    "partly",
    "as-before",
    "rolled-back",
    "not-reached",
    "unclear",
  ]),
  done: count.describe("Replacements, additions and removals that are done"),
  total: count.describe("How many there were to be"),
});

const image = z.object({
  name: z.string(),
  bytes: count.describe("Bytes that were handed to the destination"),
  total: count.optional().describe("How many there are without compression, if that is known"),
});

/** One line of `--progress json`. */
export const recordSchema = z.discriminatedUnion("type", [
  z.object({
    ...head,
    type: z.literal("planned"),
    dryRun: z.boolean().describe("Whether nothing will be done"),
    project: z.string(),
    warnings: z.array(z.string()),
    services: z.array(change),
    steps: z.array(step),
  }),
  z.object({ ...head, type: z.literal("step-started"), phase, step }),
  z.object({
    ...head,
    type: z.literal("step-done"),
    phase,
    step,
    durationMs,
    detail: z.string().describe("What came of it, such as healthy; may be empty"),
  }),
  z.object({
    ...head,
    type: z.literal("step-failed"),
    phase,
    step,
    durationMs,
    reason: z.string(),
    hint: z.string().optional(),
    lastLines: z.array(z.string()).describe("Last lines of the output, oldest first"),
  }),
  z.object({ ...head, type: z.literal("step-aborted"), phase, step }),
  z.object({
    ...head,
    type: z.literal("lock"),
    state: z.enum(["waiting", "taken-over", "lost"]).describe("What became of the deploy lock"),
    holder: z.string().describe("Who has or had the lock, in words"),
  }),
  z.object({
    ...head,
    type: z.literal("history"),
    state: z.enum(["going-back", "kept", "not-kept"]).describe(
      "What the history has to do with it: what a rollback goes back to, or whether this deploy " +
        "was added",
    ),
    entry: z.int().min(1).optional().describe("Number of the entry that is meant"),
    text: z.string().describe("When and by whom it was made, or why there is none; may be empty"),
  }),
  z.object({ ...head, type: z.literal("output"), text: z.string() }),
  z.object({ ...head, type: z.literal("hook-log"), module: z.string(), text: z.string() }),
  z.object({
    ...head,
    type: z.literal("recovering"),
    steps: z.array(step),
    losses: z.array(z.string()).describe("What cannot be put back"),
  }),
  z.object({ ...head, type: z.literal("interrupted") }).describe(
    "The user asked kerek to stop",
  ),
  z.object({
    ...head,
    type: z.literal("request"),
    durationMs,
    status: z.int().optional().describe("Status of the answer, if there was one"),
    failure: z.string().optional().describe("Why it counts as failed, if it does"),
  }).describe("A request of --probe, when it was answered or given up"),
  z.object({
    ...head,
    type: z.literal("probed"),
    url: z.string().describe("The address, without its query"),
    sent: count.describe("How many requests there were"),
    failed: count,
    firstFailure: z.string().optional(),
  }).describe("What came of all requests of --probe"),
  z.object({
    ...head,
    type: z.literal("error"),
    message: z.string(),
    hint: z.string().optional(),
    details: z.array(z.string()),
    exitCode: z.int().describe("Exit code of kerek"),
  }).describe("Why kerek failed; a deploy that could not begin has touched nothing"),
  z.object({ ...head, type: z.literal("warning"), text: z.string() }).describe(
    "What is to be known although nothing fails by it, and is not part of a plan",
  ),
  z.object({
    ...head,
    type: z.literal("finished"),
    outcome: z.enum(["done", "nothing", "untouched", "restored", "not-restored", "interrupted"]),
    services: z.array(result),
    durationMs,
  }),
  z.object({
    ...head,
    type: z.literal("result"),
    command: z.string().describe("Which command, such as status"),
    result: z.record(z.string(), z.unknown()).describe(
      "What it was asked for: where it has --format, the same as by --format json",
    ),
  }),
  z.object({
    ...head,
    type: z.literal("images-compared"),
    dryRun: z.boolean().describe("Whether nothing will be copied"),
    images: z.array(z.object({
      name: z.string(),
      way: z.enum(["leave", "tag", "layers", "whole"]).describe("What of it has to travel"),
      cause: z.string(),
    })),
  }),
  z.object({ ...head, type: z.literal("image-reading"), name: z.string() }).describe(
    "An image is read at the source, so that layers can be left out",
  ),
  z.object({
    ...head,
    type: z.literal("image-sending"),
    name: z.string(),
    total: count.optional().describe("How many bytes there are, if that is known"),
  }),
  z.object({
    ...head,
    type: z.literal("image-fell-back"),
    name: z.string(),
    reason: z.string().describe("Why it is sent with all of its layers"),
  }),
  z.object({ ...head, type: z.literal("image-arrived"), name: z.string() }),
  z.object({
    ...head,
    type: z.literal("images-progress"),
    bytes: count.describe("Bytes that were handed to the destination, of all images"),
    durationMs,
    images: z.array(image).describe("Images under way"),
  }).describe("How far a transfer is, every few seconds"),
  z.object({
    ...head,
    type: z.literal("images-copied"),
    images: z.array(z.string()).describe("Names of the images that were copied; may be empty"),
    bytes: count.describe("Bytes that were handed to the destination"),
    durationMs,
  }).describe("A transfer has ended well; it is not printed by a dry run that copies something"),
  z.object({
    ...head,
    type: z.literal("provision-planned"),
    dryRun: z.boolean().describe("Whether nothing will be changed"),
    host: z.string(),
    steps: z.array(z.string()).describe("What is to be changed, in words; may be empty"),
    script: z.string().describe("The script that does it"),
  }),
  z.object({ ...head, type: z.literal("provision-started"), host: z.string() }),
  z.object({
    ...head,
    type: z.literal("provisioned"),
    host: z.string(),
    engine: z.enum(["docker", "podman"]),
    engineVersion: z.string(),
    socket: z.string().describe("Path of the engine's socket there"),
    next: z.array(z.string()).describe("Command lines to go on with"),
  }),
  z.object({
    ...head,
    type: z.literal("tunnel"),
    state: z.enum(["would-open", "open", "not-open", "would-close", "closed"]),
    host: z.string(),
    localSocket: z.string(),
    remoteSocket: z.string().optional(),
    variable: z.string().optional().describe("Variable that leads clients through the tunnel"),
    value: z.string().optional().describe("What that variable has to be set to"),
    engineVersion: z.string().optional(),
  }),
  z.object({
    ...head,
    type: z.literal("unlock"),
    state: z.enum(["not-locked", "would-break", "broken"]),
    project: z.string(),
    holder: z.string().optional().describe("Who had the lock, in words"),
  }),
]).describe("A line that kerek prints with --progress json");

/** What {@linkcode recordSchema} describes. */
export type EventRecord = z.infer<typeof recordSchema>;

/** The JSON Schema of a line, as it is kept in `docs/events.schema.json`. */
export function eventSchemaText(): string {
  // Readers must bear fields that later versions add, so objects are left open.
  const schema = z.toJSONSchema(recordSchema, {
    io: "input",
    target: "draft-7",
    override: ({ jsonSchema }) => {
      // A limit of zod's, not of kerek's.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
