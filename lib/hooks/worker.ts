/// <reference lib="deno.worker" />
/**
 * Runs one hook module, in a worker of its own so that nothing it does can stop kerek. It calls one
 * function at a time; all that leads to the outside is asked of kerek.
 */
import type { HookAnswer } from "../plan/hooks.ts";
import type {
  ContextData,
  FetchedResponse,
  FromWorker,
  ModuleCopy,
  Request,
  ToWorker,
} from "./protocol.ts";
import type { Container, FetchContainerOptions, RunOptions, Shell } from "./sdk.ts";

/** How much a call may log, in characters; the rest would only drown the output. */
const longestLog = 64 * 1024;

const post = self.postMessage.bind(self) as (message: FromWorker) => void;
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let hooks: Record<string, (context: unknown) => unknown> = {};
let makeShell: typeof import("./shell.ts").makeShell | undefined;
let controller = new AbortController();
let logged = 0;
let requests = 0;

for (const name of ["log", "info", "debug", "warn", "error"] as const) console[name] = log;
Deno.exit = (() => {
  post({ type: "lost", message: "it called Deno.exit() or close()", stack: "" });
  throw new Error("Deno.exit is not for hooks");
}) as typeof Deno.exit;
self.close = Deno.exit as () => void;
// Deno itself would print these with a stack trace.
self.addEventListener("unhandledrejection", (event) => lose(event, event.reason));
self.addEventListener("error", (event) => lose(event, event.error));

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "load":
      return void settle(() => load(data.copy, data.options));
    case "call":
      return void settle(() => call(data.moment, data.context));
    case "abort":
      return controller.abort(new Error(data.reason));
    case "reply":
      return settleRequest(data);
  }
});

async function settle(act: () => Promise<FromWorker>): Promise<void> {
  logged = 0;
  try {
    post(await act());
  } catch (error) {
    post({ type: "failed", ...partsOf(error) });
  }
}

function lose(event: Event, error: unknown): void {
  event.preventDefault();
  post({ type: "lost", ...partsOf(error) });
}

function partsOf(error: unknown): { message: string; stack: string } {
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  return { message, stack };
}

async function load({ url, usesShell }: ModuleCopy, options: unknown): Promise<FromWorker> {
  if (usesShell) ({ makeShell } = await import("./shell.ts"));
  const given = (await import(url)).default;
  const exported = typeof given === "function" ? await given(options) : given;
  if (typeof exported !== "object" || exported === null) {
    return { type: "loaded", members: undefined };
  }
  hooks = exported;
  const members = Object.entries(hooks).map(([name, value]) => [name, typeof value]);
  return { type: "loaded", members: Object.fromEntries(members) };
}

async function call(moment: string, data: ContextData): Promise<FromWorker> {
  controller = new AbortController();
  const before = requests;
  const answer = await hooks[moment](contextOf(data, controller.signal));
  const lacksAwait = [...waiting.keys()].some((id) => id > before);
  // A rejection that nobody handles is told of by then.
  await new Promise((resolve) => setTimeout(resolve));
  if (lacksAwait) {
    throw new Error("it returned before what it asked of ctx was there: an await is missing");
  }
  return { type: "done", answer: moment === "healthGate" ? gateAnswer(answer) : undefined };
}

function contextOf(data: ContextData, signal: AbortSignal) {
  return {
    ...data,
    signal,
    log,
    get $(): Shell {
      if (!makeShell) throw new TypeError("ctx.$ is not there, as no file of the module names it");
      return makeShell(log, signal);
    },
    plan: () => ask({ kind: "plan" }),
    exec: (container: Container, argv: string[], options: RunOptions = {}) =>
      ask({ kind: "exec", container: container.id, argv, options: { ...options } }),
    engine: (argv: string[], options: RunOptions = {}) =>
      ask({ kind: "engine", argv, options: { ...options } }),
    compose: (argv: string[], options: RunOptions = {}) =>
      ask({ kind: "compose", argv, options: { ...options } }),
    fetchContainer: async (path: string, options: FetchContainerOptions = {}) => {
      const { container = data.new ?? data.old, ...others } = options;
      if (!container) throw new TypeError("there is no container to ask");
      const { body, ...init } = await ask({
        kind: "fetch",
        container: container.id,
        path,
        options: others,
      }) as FetchedResponse;
      // The Fetch Standard allows these none.
      return new Response([101, 204, 205, 304].includes(init.status) ? null : body, init);
    },
  };
}

/** Whatever is no answer at all is an error: a gate must not open by mistake. */
function gateAnswer(answer: unknown): HookAnswer {
  if (answer === undefined) return undefined;
  if (typeof answer === "string") return { refuse: answer };
  if (typeof answer === "object" && answer !== null) {
    if ("refuse" in answer) return { refuse: String(answer.refuse) };
    const { retryAfterMs } = answer as { retryAfterMs?: unknown };
    if (typeof retryAfterMs === "number" && retryAfterMs >= 0) return { retryAfterMs };
  }
  throw new TypeError(
    `it returned ${Deno.inspect(answer).slice(0, 200)}, which is neither nothing, a reason, ` +
      "{ refuse } nor { retryAfterMs }",
  );
}

function log(...values: unknown[]): void {
  if (logged > longestLog) return;
  const text = values.map((x) => typeof x === "string" ? x : Deno.inspect(x)).join(" ");
  const rest = longestLog - logged;
  logged += text.length + 1;
  post({ type: "log", text: text.slice(0, Math.max(rest, 0)) });
  if (logged > longestLog) post({ type: "log", text: "(what it logs further is left out)" });
}

function ask(request: Request): Promise<unknown> {
  const id = ++requests;
  post({ type: "request", id, request });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

function settleRequest({ id, value, error }: Extract<ToWorker, { type: "reply" }>): void {
  const { resolve, reject } = waiting.get(id)!;
  waiting.delete(id);
  if (error === undefined) resolve(value);
  else reject(new Error(error));
}
