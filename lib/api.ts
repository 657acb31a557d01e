import { checkGiven } from "./check_given.ts";
import { deploy as deployWith, type DeployPorts } from "./deploy.ts";
import { openPrograms } from "./engine/open_programs.ts";
import { spawner } from "./engine/spawn.ts";
import { surroundings } from "./engine/surroundings.ts";
import type { DeployEvent, Outcome } from "./execute/events.ts";
import { engineValues, given, serviceValues } from "./given.ts";
import type { ImageTransfer } from "./images/plan.ts";
import type { TransferEvent } from "./images/transfer_ports.ts";
import { realMachine } from "./machine.ts";
import type { ComposeOptions, DeployOptions, EngineOptions, RollbackOptions } from "./options.ts";
import type { Plan } from "./plan/model.ts";
import type { ServiceOutcome } from "./plan/summarize.ts";
import { historyOf, type ProjectHistory } from "./project_history.ts";
import { rollback as rollBackWith } from "./rollback.ts";
import { openTunnel } from "./ssh/lazy_tunnel.ts";
import { transferImages as transferWith } from "./transfer_images.ts";

/** What to deploy and how. What is absent is as with `kerek deploy` without that option. */
export interface DeployRequest
  extends Partial<Omit<DeployOptions, "engine" | "compose" | "dryRun">> {
  /** How to reach the engine. Default: as `docker` does by itself */
  engine?: Partial<EngineOptions>;
  /** Which project. Default: that of the working directory, as with `docker compose` */
  compose?: Partial<ComposeOptions>;
}

/** What to go back to and how. What is absent is as with `kerek rollback` without that option. */
export interface RollbackRequest
  extends
    Partial<Omit<RollbackOptions, "engine" | "compose" | "dryRun">>,
    Pick<DeployRequest, "engine" | "compose"> {}

/** What images to copy, and where to. */
export interface TransferRequest {
  /** Names of images on the source, which is the engine that `docker` uses by itself. */
  images: string[];
  /** The destination; it must have a `host` or a `context`. */
  engine: Partial<EngineOptions>;
  /** Command that compresses on the way, such as `zstd -3`; its words are split at spaces. */
  compress?: string;
  /** Copy all images, and wholly, whatever the destination has. Default: false */
  force?: boolean;
  /** Leave out images whose names the destination has, whatever they stand for. Default: false */
  byName?: boolean;
  /** How many images travel at a time. Default: 3 */
  jobs?: number;
  /** Only find out what would be copied. Default: false */
  dryRun?: boolean;
}

/** What surrounds a call. */
export interface CallOptions<Event> {
  /** Takes what happens, as it happens; must not throw. */
  onEvent?(event: Event): void;
  /** Ends the call in an orderly way when it aborts, as Ctrl-C does at the terminal. */
  signal?: AbortSignal;
}

/** What surrounds a deploy. */
export interface DeployCallOptions extends CallOptions<DeployEvent> {
  /** Content of the Compose file that is named `-`. Default: nothing */
  stdin?: string;
}

/** How a deploy ended. */
export interface Deployed {
  /** How it ended, see the exit codes. */
  outcome: Outcome;
  /** What became of each service that had something to change. */
  services: ServiceOutcome[];
}

/**
 * Brings services to what the Compose files say, replica by replica, as `kerek deploy` does. It
 * prints nothing and never ends the process; several projects may be deployed at a time.
 *
 * A deploy that failed after it began is no error: its `outcome` says whether all is as before.
 *
 * ```ts
 * import { deploy } from "kerek";
 *
 * export async function release(signal: AbortSignal): Promise<boolean> {
 *   const { outcome } = await deploy(
 *     { compose: { files: ["compose.yaml"] }, services: ["web"], wait: true },
 *     { signal, onEvent: (event) => console.log(event.type) },
 *   );
 *   return outcome === "done" || outcome === "nothing";
 * }
 * ```
 *
 * @throws {KerekError} if it cannot begin; nothing was touched then.
 */
export async function deploy(
  request: DeployRequest = {},
  options: DeployCallOptions = {},
): Promise<Deployed> {
  let services: ServiceOutcome[] = [];
  const outcome = await run(request, options, false, (event) => {
    if (event.type === "finished") services = event.services;
  });
  return { outcome, services };
}

/**
 * Finds out what a deploy would do, as `kerek deploy --dry-run` does; nothing is touched.
 *
 * @throws {KerekError} if a deploy would be refused.
 */
export async function plan(
  request: DeployRequest = {},
  options: DeployCallOptions = {},
): Promise<Plan> {
  let found: Plan | undefined;
  await run(request, options, true, (event) => {
    if (event.type === "planned") found = event.plan;
  });
  return found!;
}

/**
 * Deploys an earlier state again, as `kerek rollback` does.
 *
 * @throws {KerekError} if it cannot begin, such as when an image is gone; nothing was touched then.
 */
export async function rollback(
  { engine, compose, services = [], ...others }: RollbackRequest = {},
  options: CallOptions<DeployEvent> = {},
): Promise<Deployed> {
  const reached = engineOf(engine);
  const project = projectOf(compose);
  checkAll(reached, project, services);
  let results: ServiceOutcome[] = [];
  const ports = portsFor(reached, options, (event) => {
    if (event.type === "finished") results = event.services;
  });
  const outcome = await rollBackWith(
    { ...others, engine: reached, compose: project, services },
    ports,
  );
  return { outcome, services: results };
}

/**
 * The deploys of a project that its engine knows of, as `kerek history` lists them.
 *
 * @throws {KerekError} if they cannot be read.
 */
export async function history(
  { engine, compose }: Pick<DeployRequest, "engine" | "compose"> = {},
  options: Pick<DeployCallOptions, "signal" | "stdin"> = {},
): Promise<ProjectHistory> {
  const reached = engineOf(engine);
  const asked = { engine: reached, compose: projectOf(compose) };
  checkAll(reached, asked.compose, []);
  await using programs = await openPrograms(asked, portsFor(reached, options));
  return await historyOf(programs, asked);
}

/**
 * Copies images to another engine, as `kerek transfer-images` does, without a registry.
 *
 * @returns what was copied.
 * @throws {KerekError} if it fails; images that have not arrived are as before then.
 */
export async function transferImages(
  { engine, ...request }: TransferRequest,
  { onEvent = () => {}, signal = new AbortController().signal }: CallOptions<TransferEvent> = {},
): Promise<ImageTransfer[]> {
  const destination = engineOf(engine);
  checkGiven([
    ...engineValues(destination, env),
    ...request.images.flatMap((image) => given("image", "image", image)),
    ...given("command", "compress", request.compress),
  ]);
  return await transferWith({ engine: destination, ...request }, {
    spawner,
    surroundings: surroundings(destination),
    openTunnel,
    emit: onEvent,
    signal,
  });
}

async function run(
  { engine, compose, services = [], ...others }: DeployRequest,
  options: DeployCallOptions,
  dryRun: boolean,
  look: (event: DeployEvent) => void,
): Promise<Outcome> {
  const reached = engineOf(engine);
  const project = projectOf(compose);
  checkAll(reached, project, services);
  return await deployWith(
    { ...others, engine: reached, compose: project, services, dryRun },
    portsFor(reached, options, look),
  );
}

/** What is given by hand ends up in command lines. */
function checkAll(engine: EngineOptions, { projectName }: ComposeOptions, services: string[]) {
  checkGiven([
    ...engineValues(engine, env),
    ...given("project", "compose.projectName", projectName),
    ...serviceValues(services),
  ]);
}

/** The real machine, of which nothing is printed. */
function portsFor(
  engine: EngineOptions,
  { onEvent, signal = new AbortController().signal, stdin = "" }: DeployCallOptions,
  look: (event: DeployEvent) => void = () => {},
): DeployPorts {
  return {
    ...realMachine({ engine }),
    readStdin: () => Promise.resolve(stdin),
    emit: (event) => {
      look(event);
      onEvent?.(event);
    },
    signal,
  };
}

const env = (name: string): string | undefined => Deno.env.get(name);

const engineOf = (engine: Partial<EngineOptions> = {}): EngineOptions => ({
  containerEngine: "docker",
  ...engine,
});

const projectOf = (compose: Partial<ComposeOptions> = {}): ComposeOptions => ({
  envFiles: [],
  files: [],
  profiles: [],
  ...compose,
});
