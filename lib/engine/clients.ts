import { ExitCode, KerekError } from "../errors.ts";
import type { ComposeOptions, EngineOptions } from "../options.ts";
import { endpointOf, isPodmanProgram } from "./endpoint.ts";

/** The two programs that kerek runs, with the options that make both reach one endpoint. */
export interface Clients {
  /** Start of a container command, such as `["docker", "--host", "ssh://x"]`. */
  engine: string[];
  /** Start of a Compose command, such as `["docker", "--host", "ssh://x", "compose", "-p", "y"]`. */
  compose: string[];
  /** The same without what says which project it is, such as `["docker", "compose"]`. */
  composeAlone: string[];
  /** Whether the engine program is Podman's, whose options and event names are its own. */
  isPodman: boolean;
}

/** What finding the endpoint needs to know of the surroundings. */
export interface Surroundings {
  env(name: string): string | undefined;
  fileExists(path: string): boolean;
  /** The text of a file, if it can be read; absent: none can. */
  readText?(path: string): string | undefined;
  /** Path of the program behind `docker compose`, where it may be called by itself. */
  composePlugin(): string | undefined;
  /** Name of the context that `docker context use` has set; absent: none, which is `default`. */
  currentContext(): string | undefined;
  /** The endpoint of a Docker context. */
  contextHost(name: string): Promise<string>;
  /**
   * Path of the Unix socket that docker would talk to, where it may be talked to directly; absent:
   * it never may.
   *
   * @param address The engine's address; nothing for docker's usual one.
   */
  engineSocket?(options: EngineOptions, address: string | undefined): string | undefined;
}

/** Finds out how to call the engine and Compose so that both talk to the same endpoint. */
export async function clientsOf(
  engine: EngineOptions,
  compose: ComposeOptions,
  surroundings: Surroundings,
): Promise<Clients> {
  const isPodman = isPodmanProgram(engine.containerEngine);
  if (!isPodman) {
    const globals = dockerGlobals(engine);
    // By itself the plugin does not know all of docker's options.
    const plugin = globals.length === 0 ? surroundings.composePlugin() : undefined;
    const start = plugin === undefined ? ["docker", ...globals, "compose"] : [plugin];
    return {
      engine: [engine.containerEngine, ...globals],
      compose: [...start, ...composeGlobals(compose)],
      composeAlone: start,
      isPodman,
    };
  }
  refuseForPodman(engine);
  const host = await podmanHost(engine, surroundings);
  // Podman ignores DOCKER_HOST and contexts, so both are told the endpoint in their own way.
  const globals = dockerGlobals({ ...engine, host, context: undefined });
  const start = ["docker", ...globals, "compose"];
  return {
    engine: [engine.containerEngine, "--url", host],
    compose: [...start, ...composeGlobals(compose)],
    composeAlone: start,
    isPodman,
  };
}

/** Docker's client options, as given. */
export function dockerGlobals(options: EngineOptions): string[] {
  return [
    ...valued("--config", options.config),
    ...valued("--context", options.context),
    ...flag("--debug", options.debug),
    ...valued("--host", options.host),
    ...valued("--log-level", options.logLevel),
    ...flag("--tls", options.tls),
    ...valued("--tlscacert", options.tlscacert),
    ...valued("--tlscert", options.tlscert),
    ...valued("--tlskey", options.tlskey),
    ...flag("--tlsverify", options.tlsverify),
  ];
}

/** Compose's options ahead of its subcommands, as given. */
export function composeGlobals(options: ComposeOptions): string[] {
  return [
    ...flag("--all-resources", options.allResources),
    ...valued("--ansi", options.ansi),
    ...flag("--compatibility", options.compatibility),
    ...options.envFiles.flatMap((file) => ["--env-file", file]),
    ...options.files.flatMap((file) => ["--file", file]),
    ...valued("--parallel", options.parallel?.toString()),
    ...options.profiles.flatMap((profile) => ["--profile", profile]),
    ...valued("--progress", options.progress && composeProgress(options.progress)),
    ...valued("--project-directory", options.projectDirectory),
    ...valued("--project-name", options.projectName),
  ];
}

/** Compose writes into a pipe here and kerek shows it, so only its wordy and silent forms fit. */
function composeProgress(progress: NonNullable<ComposeOptions["progress"]>): string {
  return progress === "quiet" ? "quiet" : progress === "auto" ? "auto" : "plain";
}

function refuseForPodman(options: EngineOptions): void {
  const given = dockerGlobals({ ...options, host: undefined, context: undefined })
    .find((word) => word.startsWith("--tls"));
  if (given) {
    throw new KerekError(`Cannot use ${given} with Podman: it has no such option`, {
      hint: "Reach the engine with --host ssh://… instead.",
      exitCode: ExitCode.usage,
    });
  }
}

async function podmanHost(options: EngineOptions, around: Surroundings): Promise<string> {
  const asked = await endpointOf(options, around);
  if (asked) return asked;
  const runtime = around.env("XDG_RUNTIME_DIR");
  const sockets = [
    ...(runtime ? [`${runtime}/podman/podman.sock`] : []),
    "/run/podman/podman.sock",
  ];
  const socket = sockets.find((path) => around.fileExists(path));
  if (socket) return `unix://${socket}`;
  throw new KerekError("Cannot find Podman's socket: none of the usual ones is there", {
    hint: "Start podman.socket, or say where it is with --host or CONTAINER_HOST.",
  });
}

const flag = (name: string, isOn?: boolean): string[] => isOn ? [name] : [];

const valued = (name: string, value?: string): string[] => value === undefined ? [] : [name, value];
