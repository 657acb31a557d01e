/** Counts what is lost while an application is deployed again and again under load. */
import { type Failure, type Kind, kinds, type LoadReport, startLoad } from "../load.ts";
import { Moments } from "./moments.ts";
import { type Proxy, Stage, type StageOptions } from "./stage.ts";

/** How to prove. */
export interface ProofOptions extends StageOptions {
  /** Default: 10. */
  deploys?: number;
  /** Requests per second at each proxy. Default: 120. */
  rate?: number;
  /** Kinds of requests, which take turns. Default: all. */
  kinds?: readonly Kind[];
  /** Whether to go on after a lost request. Default: false. */
  count?: boolean;
  /** Seconds of load before the first deploy, between any two and after the last. Default: 1. */
  quietS?: number;
}

/** One lost request. */
export interface Loss extends Failure {
  proxy: Proxy;
  /** What had happened last when it was sent. */
  moment: string;
}

/** What was found. */
export interface Proof {
  reports: Map<Proxy, LoadReport>;
  losses: Loss[];
  /** How long each deploy took. */
  deployMs: number[];
  /** POSTs that the application began more often than they were sent; with `notesPosts`. */
  replays?: Map<Proxy, number>;
}

/**
 * Loads all proxies at once and deploys versions `B`, `A`, `B`, … meanwhile.
 *
 * @param say Gets a line for each deploy.
 */
export async function prove(
  options: ProofOptions = {},
  say: (line: string) => void = () => {},
): Promise<Proof> {
  const { deploys = 10, quietS = 1 } = options;
  await using stage = await Stage.set(options);
  await using moments = new Moments(stage.project.name);
  const loads = startLoads(stage, options);
  const lost = () => loads.reduce((sum, { load }) => sum + load.soFar().failed, 0);
  const isOver = () => !options.count && lost() > 0;
  const deployMs: number[] = [];
  try {
    await sleep(quietS * 1000);
    while (deployMs.length < deploys && !isOver()) {
      const number = deployMs.length + 1;
      moments.note(`deploy ${number} began`);
      const began = Date.now();
      await stage.deploy(number % 2 === 1 ? "B" : "A");
      deployMs.push(Date.now() - began);
      moments.note(`deploy ${number} ended`);
      say(`deploy ${number} of ${deploys}: ${deployMs.at(-1)} ms, ${lost()} lost so far`);
      await sleep(quietS * 1000);
    }
  } finally {
    // Also if a deploy fails, as requests would be sent for ever.
    await Promise.all(loads.map(({ load }) => load.stop()));
  }
  const reports = await Promise.all(loads.map(async ({ load, ...rest }) => ({
    report: await load.stop(),
    ...rest,
  })));
  return {
    reports: new Map(reports.map(({ proxy, report }) => [proxy, report])),
    losses: reports.flatMap(({ proxy, startedAt, report }) =>
      report.failures.map((failure) => ({
        ...failure,
        proxy,
        moment: moments.at(startedAt + failure.atMs),
      }))
    ),
    deployMs,
    replays: options.notesPosts ? await replaysOf(stage, reports) : undefined,
  };
}

async function replaysOf(
  stage: Stage,
  reports: { proxy: Proxy; report: LoadReport }[],
): Promise<Map<Proxy, number>> {
  const counts = reports.map(async ({ proxy, report: { kinds } }) => {
    const sent = (kinds.post?.sent ?? 0) + (kinds["post-slow"]?.sent ?? 0);
    return [proxy, await stage.posts(proxy) - sent] as const;
  });
  return new Map(await Promise.all(counts));
}

/** A line for each lost request. */
export function lossText({ proxy, kind, moment, afterMs, reason }: Loss): string {
  return `${proxy} lost a ${kind}, sent ${moment}, after ${afterMs} ms: ${reason}`;
}

/** Requests by proxy and kind: `sent`, or `lost/sent` if any were lost. */
export function proofText({ reports, deployMs, replays }: Proof): string {
  const row = (cells: (string | number)[]) =>
    cells.map((cell, i) => i === 0 ? String(cell).padEnd(9) : String(cell).padStart(14)).join("");
  const lines = [...reports].map(([proxy, { total, kinds: byKind, lagMs }]) =>
    row([
      proxy,
      ...[total, ...kinds.map((kind) => byKind[kind])].map((counts) =>
        counts === undefined ? "-" : `${counts.failed} / ${counts.sent}`
      ),
      `${total.p50Ms} / ${total.p99Ms} / ${total.maxMs}`,
      lagMs,
    ])
  );
  const mean = Math.round(deployMs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, deployMs.length));
  return [
    "lost / sent; p50 / p99 / max and the load's own lag in ms",
    row(["", "total", ...kinds, "latency", "lag"]),
    ...lines,
    `${deployMs.length} deploys, ${mean} ms each`,
    ...(replays
      ? [`POSTs begun twice: ${[...replays].map((entry) => entry.join(" ")).join(", ")}`]
      : []),
  ].join("\n");
}

function startLoads(stage: Stage, { rate = 120, kinds }: ProofOptions) {
  return stage.proxies.map((proxy) => ({
    proxy,
    startedAt: Date.now(),
    load: startLoad({ url: stage.urlOf(proxy), rate, kinds }),
  }));
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
