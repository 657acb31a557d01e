import type * as z from "../deps/zod.ts";
import { pauses } from "../plan/gates.ts";
import { formatDuration } from "./format_duration.ts";
import { once } from "./once.ts";
import { command, duration, oneOf, oneOrMore, path, port, strict, wholeNumber } from "./values.ts";

/** What holds where a gate is silent. */
export const gateDefaults = { timeoutMs: 60_000, successes: 1 };

const byDefault = {
  timeout: formatDuration(gateDefaults.timeoutMs),
  interval: `${formatDuration(pauses.shortestMs)}, and more if it takes longer, up to ` +
    formatDuration(pauses.longestMs),
};

const http = () =>
  strict({
    path: path().optional().describe("Path and query. Default: /"),
    port: port().describe("Port in the container"),
    status: oneOrMore(
      wholeNumber(100, 599, "an HTTP status"),
      "an HTTP status from 100 to 599, or a list of such",
    ).optional().describe("Expected status, or several. Default: any from 200 to 399"),
  });

/** Kinds of gates, by the key that tells them apart. */
const kinds = () => ({
  healthcheck: oneOf(["active"]).optional().describe(
    "Runs the container's own healthcheck command at once and every interval, instead of waiting " +
      "for the engine's next round. Not with proxies that read Docker's health status (Traefik)",
  ),
  http: http().optional().describe("Asks the new container by HTTP"),
  tcp: port().optional().describe("Connects to this port of the new container"),
  exec: command().optional().describe(
    "Runs a command in the new container, a list of words or one line for its shell, which must " +
      "end with exit code 0",
  ),
});

const pace = () => ({
  timeout: duration.optional()
    .describe(`How long the gate may take before the swap fails. Default: ${byDefault.timeout}`),
  interval: duration.optional()
    .describe(`Pause between two tries. Default: ${byDefault.interval}`),
  successes: wholeNumber(1).optional()
    .describe(`How many tries in a row must succeed. Default: ${gateDefaults.successes}`),
});

/** One gate of `x-kerek.gates`; it is of exactly one kind. */
export const gateSchema = once(() => {
  const known = kinds();
  const kindNames = Object.keys(known);
  return strict({ ...known, ...pace() }).superRefine((gate, context) => {
    const { interval = 0 } = gate;
    const { timeout = gateDefaults.timeoutMs, successes = gateDefaults.successes } = gate;
    if (interval * (successes - 1) > timeout) {
      context.addIssue({
        code: "custom",
        message: `${successes} successes ${formatDuration(interval)} apart take longer than its ` +
          `timeout of ${formatDuration(timeout)}`,
      });
    }
    const own = kindNames.filter((kind) => kind in gate);
    // A misspelt kind is an unknown key, and told as such.
    const isMisspelt = own.length === 0 &&
      context.issues.some(({ code }) => code === "unrecognized_keys");
    if (own.length === 1 || isMisspelt) return;
    context.addIssue({
      code: "custom",
      message: own.length === 0
        ? `a gate is one of ${kindNames.join(", ")}`
        : `a gate is of one kind, and this one is ${own.join(" and ")}; make several of it`,
    });
  }).meta({ id: "gate", oneOf: kindNames.map((kind) => ({ required: [kind] })) });
});

/** One gate, decoded; durations are in milliseconds. */
export type GateSettings = z.output<ReturnType<typeof gateSchema>>;
