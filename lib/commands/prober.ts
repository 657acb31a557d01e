import { ExitCode, KerekError } from "../errors.ts";
import type { DeployEvent } from "../execute/events.ts";
import type { Clock } from "../execute/ports.ts";

type Request = Extract<DeployEvent, { type: "request" }>;
type Probed = Extract<DeployEvent, { type: "probed" }>;

/** Requests that are sent until they are stopped. */
export interface Prober {
  /** Sends no more, waits for the answers that are due, and says what came of all. */
  stop(): Promise<Probed>;
}

/** How often a request is sent, however slow the answers are, in milliseconds. */
const everyMs = 100;
/** How long an answer may take, in milliseconds. */
const timeoutMs = 5_000;

/**
 * Makes sure that requests can be sent at all: where they must not be, none says anything of a
 * server.
 *
 * @throws {KerekError} if Deno has not been given the permission.
 */
export async function permitProbe(url: string): Promise<void> {
  const { host } = new URL(url);
  const { state } = await Deno.permissions.request({ name: "net", host });
  if (state === "granted") return;
  throw new KerekError(`Cannot probe ${url}: kerek was not given the permission to reach it`, {
    hint: `Give Deno --allow-net=${host} as well.`,
    exitCode: ExitCode.usage,
  });
}

/**
 * Sends GET requests to an address, each over a connection of its own, so that none is sent again
 * because a connection that was kept turns out to be closed.
 */
export function startProber(
  url: string,
  clock: Pick<Clock, "now">,
  emit: (request: Request) => void,
): Prober {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  // What is asked may hold a secret.
  const { origin, pathname } = new URL(url);
  const inFlight = new Set<Promise<void>>();
  const failures: string[] = [];
  let sent = 0;

  async function send(): Promise<void> {
    sent++;
    const startedAt = clock.now();
    const answer = await ask(url, client);
    const at = clock.now();
    if (answer.failure !== undefined) failures.push(answer.failure);
    emit({ type: "request", at, durationMs: at - startedAt, ...answer });
  }
  const next = () => {
    const request = send().finally(() => inFlight.delete(request));
    inFlight.add(request);
  };
  next();
  const timer = setInterval(next, everyMs);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
      client.close();
      const [first] = failures;
      return {
        ...{ type: "probed", at: clock.now(), url: `${origin}${pathname}` },
        ...{ sent, failed: failures.length },
        ...(first === undefined ? {} : { firstFailure: first }),
      };
    },
  };
}

/** What came of one request: as with health checks of proxies, 2xx and 3xx are good. */
async function ask(
  url: string,
  client: Deno.HttpClient,
): Promise<Pick<Request, "status" | "failure">> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, { client, signal, redirect: "manual" });
    // An answer that breaks off is none.
    await answer.bytes();
    const { status } = answer;
    return status >= 200 && status < 400 ? { status } : { status, failure: `status ${status}` };
  } catch (error) {
    const failure = signal.aborted ? `no answer in ${timeoutMs / 1000} s` : reasonOf(error);
    return { failure };
  }
}

/** Deno's wording has the address in it, and a cause twice or in an error of its own. */
function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const text = cause instanceof Error ? cause.message : message;
  return text.replace(/^.*: client error \(\w+\): /s, "").replace(/: (.+): \1$/, ": $1");
}
