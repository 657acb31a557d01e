import * as z from "../deps/zod.ts";
import { nearest } from "../nearest.ts";
import { duration } from "./duration.ts";

/**
 * The schema of `x-kerek`, kerek's own part of a Compose file. Compose ignores such keys and does
 * not hash them (Compose Specification, Extensions), so `docker compose up` takes the file as well.
 */

/** An object whose unknown keys are errors that name the nearest known one. */
function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? unknownKey(issue.keys[0], Object.keys(shape))
        : undefined,
  });
}

function unknownKey(key: string, known: string[]): string {
  const guess = nearest(key, known);
  return `unknown key ${key}; ${
    guess ? `did you mean ${guess}?` : `known are ${known.join(", ")}`
  }`;
}

const port = z.number().int().min(1).max(65_535);

const command = z.union([z.string().min(1), z.array(z.string()).min(1)])
  .describe("A command in the container: a list of words, or one line for its shell");

const pace = {
  timeout: duration.optional()
    .describe("How long the gate may take before the swap fails. Default: 60s"),
  interval: duration.optional()
    .describe("Pause between two tries. Default: 100ms"),
  successes: z.number().int().min(1).optional()
    .describe("How many tries in a row must succeed. Default: 1"),
};

const healthcheckGate = strict({
  healthcheck: z.literal("active").describe(
    "Runs the container's own healthcheck command at once and every interval, instead of waiting " +
      "for the engine's next round. Not with proxies that read Docker's health status (Traefik)",
  ),
  ...pace,
});

const httpGate = strict({
  http: strict({
    path: z.string().startsWith("/").optional().describe("Path and query. Default: /"),
    port: port.describe("Port in the container"),
    status: z.union([z.number().int(), z.array(z.number().int()).min(1)]).optional()
      .describe("Expected status, or several. Default: any from 200 to 399"),
  }).describe("Asks the new container by HTTP"),
  ...pace,
});

const tcpGate = strict({
  tcp: port.describe("Connects to this port of the new container"),
  ...pace,
});

const execGate = strict({ exec: command, ...pace });

/** Kinds of gates, by the key that tells them apart. */
const gateKinds = {
  healthcheck: healthcheckGate,
  http: httpGate,
  tcp: tcpGate,
  exec: execGate,
};

const gate = z.union([healthcheckGate, httpGate, tcpGate, execGate], {
  // A union's own message says nothing; that of the kind that was meant does.
  error: (issue) => gateProblem(issue.input),
});

function gateProblem(input: unknown): string {
  const kinds = Object.keys(gateKinds);
  const keys = input !== null && typeof input === "object" ? Object.keys(input) : [];
  const kind = keys.find((key) => key in gateKinds);
  if (kind === undefined) {
    const guess = keys.map((key) => nearest(key, kinds)).find((x) => x);
    return `a gate is one of ${kinds.join(", ")}` + (guess ? `; did you mean ${guess}?` : "");
  }
  const result = gateKinds[kind as keyof typeof gateKinds].safeParse(input);
  const issue = result.error?.issues[0];
  return issue ? `${issue.path.join(".") || kind}: ${issue.message}` : `${kind} is not alone`;
}

const drain = strict({
  settle: duration.optional().describe(
    "Pause after the new replica is ready and before the old one is touched, so that proxies " +
      "learn of the new one. Default: none",
  ),
  mark: command.optional().describe(
    "Command in the old replica that makes its healthcheck fail, so that proxies leave it",
  ),
  wait: duration.optional().describe(
    "Pause after that and before the old replica is told to stop. Default: none",
  ),
}).describe("What happens to an old replica before it is told to stop");

/** Keys that stand at the top level for all services, or at a service for itself. */
const shared = {
  drain: drain.optional(),
  gates: z.array(gate).optional().describe(
    "What a new replica must pass, in order, after it is ready and before an old one is touched",
  ),
};

/** `x-kerek` at the top level of a Compose file. */
export const topLevelSchema = strict({ ...shared }).describe("kerek's defaults for all services");

/** `x-kerek` of a service; each of its keys goes before the same one at the top level. */
export const serviceSchema = strict({ ...shared }).describe("kerek's settings of this service");

/** `x-kerek` of a service, decoded. */
export type ServiceSettings = z.output<typeof serviceSchema>;

/** One gate, decoded; durations are in milliseconds. */
export type GateSettings = z.output<typeof gate>;
