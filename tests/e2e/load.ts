/**
 * Load for the end-to-end tests: requests at a fixed rate, each counted once, none retried.
 *
 * It speaks HTTP/1.1 over plain connections. `fetch` and `node:http` would hide what is to be
 * measured: they may send a request again when a kept connection turns out to be closed.
 *
 *     deno run -A tests/e2e/load.ts --url http://localhost:8080 --rate 150 --seconds 10
 *
 * Options: --kinds get-new,post (default: all), --timeout-ms 5000, --slow-ms 500, --json.
 * For a verdict: --at-least 500 (requests), --versions "Hi from A,Hi from B" (all to be seen).
 * Without --seconds it runs until Ctrl-C or SIGTERM. Exit codes: 0 no request failed and the
 * verdict holds, 1 otherwise, 2 wrong usage.
 */
import { parseArgs } from "node:util";
import { type Answer, Connection, type Target } from "./load_connection.ts";

/** What a request does; `slow` asks `/slow?ms=…`, the others `/`; `new` opens a connection each. */
export const kinds = ["get-new", "get-keepalive", "get-slow", "post", "post-slow"] as const;

/** One of {@linkcode kinds}; all but `get-new` keep their connections. */
export type Kind = typeof kinds[number];

/** How to load. */
export interface LoadOptions {
  /** Where to, such as `http://localhost:8080`; only this machine and private addresses. */
  url: string;
  /** Requests per second, all kinds together, however slow the answers are. Default: 150. */
  rate?: number;
  /** Kinds, which take turns. Default: all. */
  kinds?: readonly Kind[];
  /** Most time that one request may take before it counts as failed. Default: 5000. */
  timeoutMs?: number;
  /** How long a slow request takes in the server. Default: 500. */
  slowMs?: number;
}

/** One failed request. */
export interface Failure {
  kind: Kind;
  /** When it was due, in milliseconds since the start of the load. */
  atMs: number;
  /** How long it took to fail. */
  afterMs: number;
  /** The status, as `status 502`, or what happened to the connection. */
  reason: string;
}

/** Counts and latencies (from when a request was due until its last byte; ok ones only). */
export interface KindReport {
  sent: number;
  ok: number;
  failed: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** What came of a load. */
export interface LoadReport {
  seconds: number;
  total: KindReport;
  kinds: Partial<Record<Kind, KindReport>>;
  failures: Failure[];
  /** How often each version was seen: the first line of the body of ok answers. */
  versions: Record<string, number>;
  /** The latest that a request was sent after it was due: the load itself was too busy if large. */
  lagMs: number;
}

/** A load that is running. */
export interface Load {
  /** Requests answered well and failed so far. */
  soFar(): { ok: number; failed: number };
  /** Sends no more, waits for the answers that are due, and reports. */
  stop(): Promise<LoadReport>;
}

/** Starts a load, which runs until it is stopped. */
export function startLoad(options: LoadOptions): Load {
  const { rate = 150, timeoutMs = 5000, slowMs = 500 } = options;
  const turns = options.kinds ?? kinds;
  const target = readTarget(options.url);
  const idle = new Map<Kind, Connection[]>(turns.map((kind) => [kind, []]));
  const results = new Map<Kind, { sent: number; latencies: number[] }>(
    turns.map((kind) => [kind, { sent: 0, latencies: [] }]),
  );
  const failures: Failure[] = [];
  const versions: Record<string, number> = {};
  const inFlight = new Set<Promise<void>>();
  const start = performance.now();
  let lagMs = 0;
  let stopped: number | undefined;

  async function request(kind: Kind, due: number) {
    const result = results.get(kind)!;
    result.sent++;
    lagMs = Math.max(lagMs, performance.now() - due);
    const pool = kind === "get-new" ? undefined : idle.get(kind);
    try {
      const answer = await ask(message(kind, target, slowMs), target, pool, timeoutMs);
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      const version = answer.body.split("\n", 1)[0];
      versions[version] = (versions[version] ?? 0) + 1;
      result.latencies.push(performance.now() - due);
    } catch (error) {
      const afterMs = Math.round(performance.now() - due);
      failures.push({ kind, atMs: Math.round(due - start), afterMs, reason: reasonOf(error) });
    }
  }

  async function run() {
    for (let count = 0; stopped === undefined; count++) {
      const due = start + count * 1000 / rate;
      const early = due - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      if (stopped !== undefined) break;
      const promise = request(turns[count % turns.length], due);
      inFlight.add(promise);
      promise.finally(() => inFlight.delete(promise));
    }
  }
  const running = run();

  return {
    soFar: () => ({
      ok: [...results.values()].reduce((sum, { latencies }) => sum + latencies.length, 0),
      failed: failures.length,
    }),
    async stop() {
      stopped ??= performance.now();
      await running;
      await Promise.all(inFlight);
      for (const connection of [...idle.values()].flat()) connection.close();
      const entries = [...results].map(([kind, { sent, latencies }]) =>
        [kind, kindReport(sent, latencies)] as const
      );
      const sent = entries.reduce((sum, [, { sent }]) => sum + sent, 0);
      return {
        seconds: Math.round((stopped - start) / 100) / 10,
        total: kindReport(sent, [...results.values()].flatMap(({ latencies }) => latencies)),
        kinds: Object.fromEntries(entries),
        failures,
        versions,
        lagMs: Math.round(lagMs),
      };
    },
  };
}

/** One line for each kind and the total, then versions and failures. */
export function reportText(report: LoadReport): string {
  const row = (name: string, ...cells: (string | number)[]) =>
    name.padEnd(14) + cells.map((cell) => String(cell).padStart(8)).join("");
  const line = (name: string, { sent, ok, failed, p50Ms, p99Ms, maxMs }: KindReport) =>
    row(name, sent, ok, failed, p50Ms, p99Ms, maxMs);
  const versions = Object.entries(report.versions).map(([version, count]) =>
    `${version} ${count}×`
  );
  const shown = report.failures.slice(0, 20);
  const hidden = report.failures.length - shown.length;
  return [
    row("requests", "sent", "ok", "failed", "p50 ms", "p99 ms", "max ms"),
    ...Object.entries(report.kinds).map(([kind, counts]) => line(kind, counts)),
    line("total", report.total),
    `versions: ${
      versions.join(", ") || "none"
    }; in ${report.seconds} s, sent at most ${report.lagMs} ms late`,
    ...shown.map(({ kind, atMs, afterMs, reason }) =>
      `failed: ${kind} at ${atMs} ms, after ${afterMs} ms: ${reason}`
    ),
    ...hidden > 0 ? [`failed: ${hidden} more`] : [],
  ].join("\n");
}

function readTarget(url: string): Target {
  const { protocol, host, hostname, port } = new URL(url);
  if (protocol !== "http:") throw new Error(`Cannot load ${url}: only http: is spoken`);
  // As an accident must not become an attack on someone else's server.
  const isNear = hostname === "localhost" || hostname === "[::1]" ||
    /^(127|10)(\.\d+){3}$|^192\.168(\.\d+){2}$|^172\.(1[6-9]|2\d|3[01])(\.\d+){2}$/.test(hostname);
  if (!isNear) throw new Error(`Cannot load ${url}: neither this machine nor a private address`);
  return {
    host,
    // Not looked up, so that a request is one try at one address.
    hostname: hostname === "localhost" ? "127.0.0.1" : hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 80),
  };
}

function message(kind: Kind, target: Target, slowMs: number): string {
  const [method, way] = kind.split("-");
  const path = way === "slow" ? `/slow?ms=${slowMs}` : "/";
  const body = method === "post" ? "x".repeat(100) : "";
  return [
    `${method.toUpperCase()} ${path} HTTP/1.1`,
    `Host: ${target.host}`,
    ...way === "new" ? ["Connection: close"] : [],
    ...method === "post" ? [`Content-Length: ${body.length}`] : [],
    "",
    body,
  ].join("\r\n");
}

/** Asks on a connection from the pool, or on a new one if there is none. */
async function ask(
  text: string,
  target: Target,
  pool: Connection[] | undefined,
  timeoutMs: number,
): Promise<Answer> {
  // The one that was used last: as with browsers, spare connections are left alone.
  const connection = pool?.pop() ?? new Connection(target);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    const answer = await Promise.race([connection.exchange(text), late]);
    if (pool && answer.keep) connection.rest(pool);
    else connection.close();
    return answer;
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function kindReport(sent: number, latencies: number[]): KindReport {
  const sorted = latencies.toSorted((a, b) => a - b);
  const quantile = (part: number) =>
    Math.round(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
  const ok = sorted.length;
  return {
    sent,
    ok,
    failed: sent - ok,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: quantile(1),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Deno names what befalls a connection: ConnectionRefused, ConnectionReset, BrokenPipe, ….
  return error.name === "Error" ? error.message : error.name;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: "string", default: "http://localhost:8080" },
      rate: { type: "string", default: "150" },
      kinds: { type: "string", default: kinds.join() },
      seconds: { type: "string" },
      "timeout-ms": { type: "string", default: "5000" },
      "slow-ms": { type: "string", default: "500" },
      "at-least": { type: "string", default: "1" },
      versions: { type: "string", default: "" },
      json: { type: "boolean", default: false },
    },
  });
  const load = startLoad({
    url: values.url,
    rate: Number(values.rate),
    kinds: values.kinds.split(",").map(readKind),
    timeoutMs: Number(values["timeout-ms"]),
    slowMs: Number(values["slow-ms"]),
  });
  await new Promise<void>((resolve) => {
    if (values.seconds !== undefined) setTimeout(resolve, Number(values.seconds) * 1000);
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, resolve);
  });
  const report = await load.stop();
  console.log(values.json ? JSON.stringify(report, null, 2) : reportText(report));

  const missing = values.versions.split(",").filter((version) =>
    version !== "" && !(version in report.versions)
  );
  const wrong = [
    ...report.total.failed > 0 ? [`${report.total.failed} failed`] : [],
    ...report.total.sent < Number(values["at-least"])
      ? [`fewer than ${values["at-least"]} requests`]
      : [],
    ...missing.map((version) => `never seen: ${version}`),
  ];
  if (wrong.length > 0) console.error(`Not as wanted: ${wrong.join("; ")}`);
  return wrong.length > 0 ? 1 : 0;
}

function readKind(text: string): Kind {
  const kind = kinds.find((kind) => kind === text);
  if (kind === undefined) throw new Error(`Cannot read kind ${text}: it is none of ${kinds}`);
  return kind;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(2);
  }
}
