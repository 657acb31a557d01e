import * as z from "../deps/zod.ts";
import { nearest } from "../nearest.ts";
import { formatDuration } from "./format_duration.ts";
import { command, duration, oneOf, oneOrMore, path, port, strict, wholeNumber } from "./values.ts";

/** What holds where a gate is silent. */
export const gateDefaults = { timeoutMs: 60_000, intervalMs: 100, successes: 1 };

const byDefault = {
  timeout: formatDuration(gateDefaults.timeoutMs),
  interval: formatDuration(gateDefaults.intervalMs),
};

const pace = {
  timeout: duration.optional()
    .describe(`How long the gate may take before the swap fails. Default: ${byDefault.timeout}`),
  interval: duration.optional()
    .describe(`Pause between two tries. Default: ${byDefault.interval}`),
  successes: wholeNumber(1).optional()
    .describe(`How many tries in a row must succeed. Default: ${gateDefaults.successes}`),
};

const healthcheckGate = strict({
  healthcheck: oneOf(["active"]).describe(
    "Runs the container's own healthcheck command at once and every interval, instead of waiting " +
      "for the engine's next round. Not with proxies that read Docker's health status (Traefik)",
  ),
  ...pace,
});

const httpGate = strict({
  http: strict({
    path: path().optional().describe("Path and query. Default: /"),
    port: port().describe("Port in the container"),
    status: oneOrMore(
      wholeNumber(100, 599, "an HTTP status"),
      "an HTTP status from 100 to 599, or a list of such",
    ).optional().describe("Expected status, or several. Default: any from 200 to 399"),
  }).describe("Asks the new container by HTTP"),
  ...pace,
});

const tcpGate = strict({
  tcp: port().describe("Connects to this port of the new container"),
  ...pace,
});

const execGate = strict({
  exec: command().describe(
    "Runs a command in the new container, a list of words or one line for its shell, which must " +
      "end with exit code 0",
  ),
  ...pace,
});

/** Kinds of gates, by the key that tells them apart. */
const kinds = { healthcheck: healthcheckGate, http: httpGate, tcp: tcpGate, exec: execGate };

/** One gate of `x-kerek.gates`. */
export const gateSchema = z.union([healthcheckGate, httpGate, tcpGate, execGate], {
  // A union's own message says nothing; that of the kind that was meant does.
  error: (issue) => problem(issue.input),
}).meta({ id: "gate" });

function problem(input: unknown): string {
  const names = Object.keys(kinds);
  const keys = input !== null && typeof input === "object" ? Object.keys(input) : [];
  const [kind, another] = keys.filter((key) => key in kinds);
  if (kind === undefined) {
    const guess = keys.map((key) => nearest(key, names)).find((x) => x);
    return `a gate is one of ${names.join(", ")}` + (guess ? `; did you mean ${guess}?` : "");
  }
  if (another !== undefined) {
    return `a gate is of one kind, and this one is ${kind} and ${another}; make two of it`;
  }
  const [issue] = kinds[kind as keyof typeof kinds].safeParse(input).error!.issues;
  return [...(issue.path.length > 0 ? [issue.path.join(".")] : []), issue.message].join(": ");
}

/** One gate, decoded; durations are in milliseconds. */
export type GateSettings = z.output<typeof gateSchema>;
