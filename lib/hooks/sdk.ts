/**
 * What hook modules are written with. It depends on nothing, and hooks import it as `kerek`.
 *
 * ```ts
 * import { defineHooks } from "kerek";
 *
 * export default defineHooks({
 *   async healthGate(ctx) {
 *     const { status } = await ctx.fetchContainer("/ready", { port: 8080 });
 *     if (status !== 200) return { retryAfterMs: 500 };
 *   },
 * });
 * ```
 *
 * @module
 */

/** A container that a hook is told of. */
export interface Container {
  /** The engine's full id. */
  readonly id: string;
  /** Such as `shop-web-4`. */
  readonly name: string;
  /** Name of its image, as the engine has it. */
  readonly image: string;
  /** Its address in each network, by the network's name; empty unless it runs. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Ports that the engine's host forwards; empty unless it runs. */
  readonly ports: readonly PublishedPort[];
  /** Its labels, those of Compose included. */
  readonly labels: Readonly<Record<string, string>>;
  /** Compose's config hash of what it was made of: replicas of the same version are alike. */
  readonly version: string;
}

/** A step of the plan. */
export interface PlanStep {
  /** Such as `web/swap-1/start`; steps of a rollback have ids that no plan has beforehand. */
  readonly id: string;
  /** What it does, as a dry run says it: `start web-4`. */
  readonly text: string;
}

/** A port of the engine's host that leads to a container. */
export interface PublishedPort {
  /** Port in the container, and protocol: `80/tcp`. */
  readonly container: string;
  /** Address on the engine's host, such as `0.0.0.0`. */
  readonly hostAddress: string;
  /** Port on the engine's host. */
  readonly hostPort: number;
}

/** What a program left that was run by a hook. */
export interface ProgramOutput {
  /** Exit code. */
  readonly code: number;
  /** What it printed, whole. */
  readonly stdout: string;
  /** What it printed of errors and progress, whole. */
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  /** Whether an exit code other than 0 is a result instead of an error. Default: false. */
  readonly noThrow?: boolean;
}

/** How to ask a container by HTTP. */
export interface FetchContainerOptions {
  /** Port in the container. Default: 80. */
  readonly port?: number;
  /** Default: GET. */
  readonly method?: string;
  /** Besides those that every request has. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent. Default: nothing. */
  readonly body?: string;
  /** Which container. Default: the new one. */
  readonly container?: Container;
}

/**
 * Runs programs on this machine, by a small shell that is the same everywhere. It is dax, whose
 * documentation has more than is declared here: https://github.com/dsherret/dax.
 *
 * What stands in `${…}` is one word, or the words of a list, whatever is in it. Output that is not
 * taken (`.text()`, `.json()`, `.lines()`) is logged. An exit code other than 0 is an error, and the
 * end of the call's time ends the program.
 */
export interface Shell {
  (strings: TemplateStringsArray, ...values: unknown[]): ShellCommand;
}

/** A command line; it runs when it is awaited. */
export interface ShellCommand extends PromiseLike<ShellResult> {
  /** Runs it, and gives its standard output without the last line break. */
  text(): Promise<string>;
  /** Runs it, and gives the lines of its standard output. */
  lines(): Promise<string[]>;
  /** Runs it, and gives its standard output, read as JSON. */
  json<T = unknown>(): Promise<T>;
  /** Takes an exit code other than 0 for a result. */
  noThrow(): ShellCommand;
  /** Logs nothing. */
  quiet(): ShellCommand;
  /** Sets the folder that it runs in. Default: kerek's current one. */
  cwd(path: string): ShellCommand;
  /** Sets a variable besides those of kerek. */
  env(name: string, value: string | undefined): ShellCommand;
  /** Gives it this as standard input, which is empty otherwise. */
  stdinText(text: string): ShellCommand;
}

/** What a command line of {@linkcode Shell} left. */
export interface ShellResult {
  /** Exit code. */
  readonly code: number;
}

/** What every hook gets. */
export interface DeployContext<Options = unknown> {
  /** Name of the Compose project. */
  readonly project: string;
  /** Why something is done, in words. */
  readonly cause: string;
  /** Whether this is `kerek rollback`, which deploys an earlier state. */
  readonly isRollback: boolean;
  /** `options` of the module in `x-kerek.hooks`; undefined if there are none. */
  readonly options: Options;
  /** Folder of the hook module. */
  readonly folder: string;
  /** Aborts when the call's time is over, or at Ctrl-C; the hook has a second to clean up then. */
  readonly signal: AbortSignal;
  /** Writes lines to kerek's output. So does `console.log`. */
  log(...values: unknown[]): void;
  /**
   * Runs a command in a container, without a shell.
   *
   * @throws if it ends with another exit code than 0, unless `noThrow` says otherwise.
   */
  exec(container: Container, argv: string[], options?: RunOptions): Promise<ProgramOutput>;
  /**
   * Runs the engine's client, such as `docker`, with these arguments, at the engine of the deploy.
   *
   * @throws if it ends with another exit code than 0, unless `noThrow` says otherwise.
   */
  engine(argv: string[], options?: RunOptions): Promise<ProgramOutput>;
  /**
   * Runs Docker Compose with these arguments, for the files and the engine of the deploy:
   * `ctx.compose(["run", "--rm", "--no-deps", "migrate"])`.
   *
   * @throws if it ends with another exit code than 0, unless `noThrow` says otherwise.
   */
  compose(argv: string[], options?: RunOptions): Promise<ProgramOutput>;
  /** Runs programs on this machine: ``await ctx.$`./smoke-test.sh ${ctx.project}` ``. */
  readonly $: Shell;
  /** The step that this call is. */
  readonly step: PlanStep;
  /** All steps of the deploy, this one included. */
  plan(): Promise<readonly PlanStep[]>;
}

/** What hooks about one replica get. */
export interface ReplicaContext<Options = unknown> extends DeployContext<Options> {
  /** The service whose replica it is. */
  readonly service: string;
  /** Compose's number of the replica, the `4` of `shop-web-4`: of the new one, if there is one. */
  readonly replica: number;
  /** The replica that goes; absent where one is added. */
  readonly old?: Container;
  /** The replica that comes; absent where one is removed. */
  readonly new?: Container;
  /**
   * Asks a container by HTTP, by its own address. Redirects are not followed.
   *
   * @param path Path and query, from `/` on.
   * @throws if it cannot be reached, as from a machine other than the engine's.
   */
  fetchContainer(path: string, options?: FetchContainerOptions): Promise<Response>;
}

/** What hooks about a replica that comes get. */
export interface NewReplicaContext<Options = unknown> extends ReplicaContext<Options> {
  /** The replica that comes. */
  readonly new: Container;
}

/** What hooks about a replica that goes get. */
export interface OldReplicaContext<Options = unknown> extends ReplicaContext<Options> {
  /** The replica that goes. */
  readonly old: Container;
}

/** What hooks get when a deploy is over. */
export interface OutcomeContext<Options = unknown> extends DeployContext<Options> {
  /**
   * How it ended: `done`; `untouched` (failed before anything that runs was touched), `restored`
   * (failed, and what failed is as before), `not-restored`, or `interrupted`.
   */
  readonly outcome: "done" | "nothing" | "untouched" | "restored" | "not-restored" | "interrupted";
  /** What became of each service. */
  readonly services: readonly ServiceResult[];
}

/** What became of a service. */
export interface ServiceResult {
  /** Its name. */
  readonly service: string;
  /** `partly`: some replicas are new, the others as before; `unclear`: somebody must look at it. */
  readonly kind:
    | "unchanged"
    | "updated"
    | "partly"
    | "as-before"
    | "rolled-back"
    | "not-reached"
    | "unclear";
  /** Replacements, additions and removals that are done. */
  readonly done: number;
  /** How many there were to be. */
  readonly total: number;
}

/**
 * What `healthGate` says: nothing to let the new replica pass; a reason, or `refuse` with one, to
 * refuse it; `retryAfterMs` to be asked again after that many milliseconds.
 */
export type GateAnswer =
  | void
  | undefined
  | string
  | { readonly refuse: string }
  | { readonly retryAfterMs: number };

/** The functions of a hook module, each called at the moment of its name. */
export interface Hooks<Options = unknown> {
  /** Before anything is created or touched. If it throws, nothing is. */
  beforeDeploy?(ctx: DeployContext<Options>): void | Promise<void>;
  /** Before a swap begins; the new container is created and not started. If it throws, it fails. */
  preSwap?(ctx: NewReplicaContext<Options>): void | Promise<void>;
  /** When the new replica is ready and has passed its gates. It takes over only if this agrees. */
  healthGate?(ctx: NewReplicaContext<Options>): GateAnswer | Promise<GateAnswer>;
  /** Before a replica is told to stop. What goes wrong is a warning. */
  beforeStop?(ctx: OldReplicaContext<Options>): void | Promise<void>;
  /** When a swap is over and the old replica gone. What goes wrong is a warning. */
  postSwap?(ctx: ReplicaContext<Options>): void | Promise<void>;
  /** After a failure or an interruption, when all is put back. What goes wrong is a warning. */
  onFailure?(ctx: OutcomeContext<Options>): void | Promise<void>;
  /** At the very end, whatever came of it. What goes wrong is a warning. */
  afterDeploy?(ctx: OutcomeContext<Options>): void | Promise<void>;
}

/** Hooks, or a function that makes them of the module's options and throws if those are wrong. */
export type HookDefinition<Options = unknown> =
  | Hooks<Options>
  | ((options: Options) => Hooks<Options>);

/** Gives hooks their types; a module's default export is what it returns. */
export function defineHooks<Options = unknown>(
  hooks: HookDefinition<Options>,
): HookDefinition<Options> {
  return hooks;
}
