import { execIn } from "../engine/argv.ts";
import type { Programs } from "../engine/programs.ts";
import type { Output } from "../engine/spawn.ts";
import { KerekError } from "../errors.ts";
import type { FetchedResponse, Request } from "./protocol.ts";
import type { Container, PlanStep, RunOptions } from "./sdk.ts";

/** What kerek does for hooks. */
export interface RequestPorts {
  programs: Programs;
  /** The container as it is now. */
  describe(id: string): Promise<Container>;
  plan: PlanStep[];
  /** The only containers that the hook may reach, if it may not reach the engine. */
  confinedTo?: Set<string>;
}

/** Does what a hook asks for. */
export async function answerRequest(
  request: Request,
  { programs, describe, plan, confinedTo }: RequestPorts,
  signal: AbortSignal,
): Promise<unknown> {
  if (confinedTo) confine(request, confinedTo);
  switch (request.kind) {
    case "plan":
      return plan;
    case "engine":
    case "compose": {
      const { kind, options } = request;
      const argv = words(request.argv);
      const run = () => programs[kind === "engine" ? "tryEngine" : "tryCompose"](argv, { signal });
      return await ran(argv, options, run);
    }
    case "exec": {
      const command = words(request.argv);
      const argv = execIn(request.container, { command });
      return await ran(command, request.options, () => programs.tryEngine(argv, { signal }));
    }
    case "fetch":
      return await fetchFrom(await describe(request.container), request, signal);
  }
  return request satisfies never;
}

/** @throws {KerekError} if a request leads further than to these containers. */
function confine(request: Request, containers: Set<string>): void {
  if (request.kind === "plan") return;
  const isNear = "container" in request && containers.has(request.container);
  if (isNear) return;
  const what = "container" in request
    ? "other containers than its replicas"
    : `ctx.${request.kind}`;
  throw new KerekError(`the module may not use ${what}: its permissions are without engine`);
}

/** What comes from a hook has no types any more. */
function words(argv: unknown): string[] {
  const isList = Array.isArray(argv) && argv.length > 0;
  if (isList && argv.every((word) => typeof word === "string")) return argv;
  throw new KerekError("a command must be a list of words, such as ['nginx', '-t']");
}

async function ran(
  argv: string[],
  { noThrow }: RunOptions,
  run: () => Promise<Output>,
): Promise<Output> {
  const output = await run();
  if (output.code === 0 || noThrow) return output;
  const said = (output.stdout + output.stderr).trim().split("\n").at(-1);
  throw new KerekError(`${argv[0]} ended with exit code ${output.code}${said ? `: ${said}` : ""}`);
}

async function fetchFrom(
  container: Container,
  { path, options }: Extract<Request, { kind: "fetch" }>,
  signal: AbortSignal,
): Promise<FetchedResponse> {
  const [address] = Object.values(container.addresses);
  if (address === undefined) {
    throw new KerekError(`${container.name} has no address; use exec and a client in it`);
  }
  if (!path.startsWith("/")) throw new KerekError(`path "${path}" does not begin with /`);
  const { port = 80, method, headers, body } = options;
  const host = address.includes(":") ? `[${address}]` : address;
  try {
    const init = { method, headers, body, redirect: "manual", signal } as const;
    const response = await fetch(`http://${host}:${port}${path}`, init);
    const { status, statusText } = response;
    return { status, statusText, headers: [...response.headers], body: await response.bytes() };
  } catch (error) {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw new KerekError(`${container.name} does not answer at port ${port}: ${reason}`);
  }
}
