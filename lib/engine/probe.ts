import { KerekError } from "../errors.ts";
import type { Patience } from "../execute/ports.ts";
import type { Probe, ProbeResult } from "../plan/gates.ts";
import { execIn } from "./argv.ts";
import { type TriesOf, tryMs } from "./command_tries.ts";
import type { InspectedContainer } from "./decode_containers.ts";
import type { Programs } from "./programs.ts";

/** The same from this machine, where an answer takes no time unless there is no way at all. */
const tryFromHereMs = 2_000;

/** How a try is made. */
export interface Trying {
  tries: TriesOf;
  signal: AbortSignal;
  patience: Patience;
}

/** Tries a gate on a container: once, or as often as patience allows where that is cheaper. */
export async function tryProbe(
  programs: Programs,
  container: InspectedContainer,
  probe: Probe,
  { tries, signal, patience }: Trying,
): Promise<ProbeResult> {
  const { id } = container.replica;
  const within = (ms: number) =>
    AbortSignal.any([signal, AbortSignal.timeout(Math.min(ms, patience.forMs))]);
  const fromHere = within(tryFromHereMs);
  switch (probe.kind) {
    case "healthcheck":
      return await tries(id, healthCommand(container), container.state.healthcheck?.timeoutMs)
        .run(signal, patience);
    case "exec":
      return await tries(id, probe.command).run(signal, patience);
    case "tcp":
      return await tryFromHere(container, (host) => tryTcp(host, probe.port, fromHere)) ??
        await tryTcpInside(programs, container, probe.port, within(tryMs));
    case "http":
      return await tryFromHere(container, (host) => tryHttp(host, probe, fromHere)) ??
        await tryHttpInside(programs, container, probe, within(tryMs));
  }
  return probe satisfies never;
}

/** The healthcheck as the engine would run it (Dockerfile reference, HEALTHCHECK). */
function healthCommand({ access: { healthTest, shell } }: InspectedContainer): string[] {
  const [kind, ...words] = healthTest;
  if (kind === "CMD") return words;
  if (kind === "CMD-SHELL") return [...shell, words[0]];
  throw new KerekError("the container has no healthcheck to run", {
    hint: "Add a healthcheck, or drop `healthcheck: active` from the gates.",
  });
}

/**
 * Tries from this machine by the container's own address.
 *
 * @returns nothing if the container cannot be reached so: its engine is elsewhere or closed off.
 */
async function tryFromHere(
  container: InspectedContainer,
  attempt: (host: string) => Promise<ProbeResult>,
): Promise<ProbeResult | undefined> {
  const [address] = container.access.addresses;
  if (address === undefined || !await isOnThisMachine(container)) return undefined;
  try {
    return await attempt(address.includes(":") ? `[${address}]` : address);
  } catch (error) {
    return failureFromHere(error);
  }
}

/**
 * What an error of a try from this machine means.
 *
 * @returns nothing if it says that there is no way from here.
 */
export function failureFromHere(error: unknown): ProbeResult | undefined {
  const { name, message } = rootCause(error);
  const isNoWay = /unreachable|no route|timed out/i.test(message) ||
    // Fetching from some ports is forbidden everywhere (Fetch Standard, port blocking).
    /ports? \d* ?(are|is) blocked/i.test(message);
  if (name === "TimeoutError" || isNoWay) return undefined;
  if (/refused/.test(message)) return { ok: false, detail: "connection refused" };
  return { ok: false, detail: message.split(": ").at(-1)! };
}

/** `fetch` says what is wrong only in the cause of its error. */
function rootCause(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause === undefined ? error : rootCause(error.cause);
}

/** A socket may lead to another machine, where the same address is somebody else's. */
async function isOnThisMachine({ access: { pid }, replica }: InspectedContainer): Promise<boolean> {
  try {
    return (await Deno.readTextFile(`/proc/${pid}/cgroup`)).includes(replica.id);
  } catch {
    return false;
  }
}

async function tryTcp(host: string, port: number, signal: AbortSignal): Promise<ProbeResult> {
  const connection = await Deno.connect({ hostname: host.replace(/^\[|\]$/g, ""), port, signal });
  connection.close();
  return { ok: true, detail: "connected" };
}

async function tryHttp(
  host: string,
  probe: Extract<Probe, { kind: "http" }>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const url = `http://${host}:${probe.port}${probe.path}`;
  const response = await fetch(url, { redirect: "manual", signal });
  await response.body?.cancel();
  return judgeStatus(response.status, probe.statuses);
}

function judgeStatus(status: number, expected: number[]): ProbeResult {
  const ok = expected.length > 0 ? expected.includes(status) : status >= 200 && status < 400;
  return { ok, detail: `status ${status}` };
}

/** Asks from inside the container, with what its image has. */
async function tryHttpInside(
  programs: Programs,
  { replica }: InspectedContainer,
  probe: Extract<Probe, { kind: "http" }>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const url = `http://127.0.0.1:${probe.port}${probe.path}`;
  // The URL is an argument of its own, so nothing in it is read by the shell.
  const script = "if command -v curl >/dev/null; then " +
    'curl -sS -o /dev/null -w "HTTP/1.1 %{http_code}\\n" -- "$1"; else ' +
    'wget -S -q -O /dev/null "$1" 2>&1; fi';
  // What wget says of the first answer counts; it goes on by itself to where that redirects it.
  const answered = new AbortController();
  let said = "";
  const status = () => /HTTP\/[\d.]+ (?!000)(\d{3})/.exec(said)?.[1];
  const onOutput = (text: string) => {
    said += text;
    if (status() !== undefined) answered.abort();
  };
  await programs.tryEngine(
    execIn(replica.id, { command: ["/bin/sh", "-c", script, "sh", url] }),
    { signal: AbortSignal.any([signal, answered.signal]), onOutput },
  );
  if (status() !== undefined) return judgeStatus(Number(status()), probe.statuses);
  return { ok: false, detail: said.trim().split("\n").at(-1) || "no answer" };
}

/** Looks for a listener from inside the container: few images have a program that connects. */
async function tryTcpInside(
  programs: Programs,
  { replica }: InspectedContainer,
  port: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { stdout, stderr } = await programs.tryEngine(
    // Without IPv6 there is no second one.
    execIn(replica.id, { command: ["cat", "/proc/net/tcp", "/proc/net/tcp6"] }),
    { signal },
  );
  if (!stdout) return { ok: false, detail: stderr.trim().split("\n").at(-1) || "no answer" };
  const ok = stdout.split("\n").some((line) => isListener(line, port));
  return { ok, detail: ok ? "something listens" : "nothing listens" };
}

/** Reads a line of `/proc/net/tcp`: number, own address, the other's, state, …; see proc(5). */
function isListener(line: string, port: number): boolean {
  const [, own = "", , state] = line.trim().split(/\s+/);
  return state === "0A" && parseInt(own.split(":")[1], 16) === port;
}
