import type { CallOptions } from "./api.ts";
import { checkGiven } from "./check_given.ts";
import { isPodmanProgram } from "./engine/endpoint.ts";
import { spawner } from "./engine/spawn.ts";
import { ExitCode, KerekError } from "./errors.ts";
import { given } from "./given.ts";
import { describeStep } from "./provision/plan.ts";
import { provisionHost } from "./provision_host.ts";
import { sshAddress } from "./ssh/address.ts";
import { openTunnel } from "./ssh/lazy_tunnel.ts";

/** Where a tunnel goes. */
export interface TunnelRequest {
  /** The machine, as `ssh://[user@]hostname[:port]`; may end with the path of a socket. */
  host: string;
  /** Which engine is looked for there, `docker` or `podman`. Default: `docker` */
  containerEngine?: string;
}

/** What happens to a tunnel. */
export interface TunnelEvent {
  /** Something goes worse than it could, such as that the connection has broken. */
  type: "warning";
  /** What, in one line. */
  text: string;
}

/** An open tunnel. */
export interface OpenedTunnel extends AsyncDisposable {
  /** Address of the engine here, for `engine: { host }` of other calls. */
  host: string;
  /** Ends the tunnel. It ends with the process at the latest. */
  close(): Promise<void>;
}

/**
 * Makes the engine of another machine reachable by a socket of this one, over SSH, as long as this
 * process runs. Calls that name the host as `ssh://…` open one of their own; this is for several
 * calls, and for other programs.
 *
 * ```ts
 * import { deploy, tunnel } from "kerek";
 *
 * export async function releaseBoth(): Promise<void> {
 *   await using engine = await tunnel({ host: "ssh://deploy@host.example" });
 *   for (const projectName of ["shop", "blog"]) {
 *     await deploy({ engine: { host: engine.host }, compose: { projectName } });
 *   }
 * }
 * ```
 *
 * @throws {KerekError} if `host` is no such address, the machine cannot be reached, has no engine
 *   that its user may use, or its SSH server forwards no sockets.
 */
export async function tunnel(
  { host, containerEngine = "docker" }: TunnelRequest,
  { onEvent = () => {}, signal }: CallOptions<TunnelEvent> = {},
): Promise<OpenedTunnel> {
  checkGiven(given("address", "host", host));
  if (!sshAddress(host)) {
    throw new KerekError(`Cannot tunnel to ${host}: it is not like ssh://user@host:22`, {
      exitCode: ExitCode.usage,
    });
  }
  let reason = "this system or its permissions do not allow it";
  const warn = (text: string) => {
    reason = text;
    onEvent({ type: "warning", text });
  };
  const isPodman = isPodmanProgram(containerEngine);
  const opened = await unlessAborted(signal, () => openTunnel(host, { isPodman, warn, signal }));
  if (!opened) throw new KerekError(`Cannot tunnel to ${host}: ${reason}`);
  const close = () => opened.close();
  return { host: opened.host, close, [Symbol.asyncDispose]: close };
}

/** What host to set up, and with what. */
export interface ProvisionRequest {
  /** `localhost`, or `[ssh://][user@]hostname[:port]`. */
  host: string;
  /** Which engine it is to have. Default: `docker` */
  containerEngine?: "docker" | "podman";
  /** Path of an SSH config file. Default: ssh's own */
  sshConfig?: string;
  /** Only find out what would be changed. Default: false */
  dryRun?: boolean;
}

/** What happens when a host is set up. */
export interface ProvisionEvent {
  /** It is known what is missing; nothing was changed yet. */
  type: "planned";
  /** What is to be changed, a line each; empty: nothing. */
  steps: string[];
  /** The script that does it. */
  script: string;
}

/** A host after it was set up. */
export interface Provisioned {
  /** What was changed, or would be on a dry run, a line each. */
  steps: string[];
  /** Version of the engine; absent on a dry run. */
  version?: string;
  /** Path of the engine's socket there; absent on a dry run. */
  socket?: string;
}

/**
 * Sets up a container engine on a host, which changes its system, as `kerek provision --force` does.
 * Abort or throw in `onEvent`, and nothing is changed; what has begun is finished.
 *
 * @throws {KerekError} if the host cannot be reached, is not supported, or a step failed.
 */
export async function provision(
  { containerEngine = "docker", ...request }: ProvisionRequest,
  { onEvent = () => {}, signal }: CallOptions<ProvisionEvent> = {},
): Promise<Provisioned> {
  checkGiven([
    ...given("machine", "host", request.host),
    ...given("file", "sshConfig", request.sshConfig),
    ...given("program", "containerEngine", containerEngine),
  ]);
  let steps: string[] = [];
  const host = await unlessAborted(
    signal,
    () =>
      provisionHost({ engine: { containerEngine }, ...request }, {
        spawner: {
          read: (argv, options) => spawner.read(argv, { ...options, signal }),
          write: (argv, options) => spawner.write(argv, options),
        },
        planned: (planned, script) => {
          steps = planned.map(describeStep);
          onEvent({ type: "planned", steps, script });
          signal?.throwIfAborted();
        },
      }),
  );
  return { steps, ...host && { version: host.version, socket: host.socket } };
}

/** Whatever goes wrong after an abortion is the abortion. */
async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  act: () => Promise<T>,
): Promise<T> {
  const interrupted = () => new KerekError("Interrupted", { exitCode: ExitCode.interrupted });
  if (signal?.aborted) throw interrupted();
  try {
    return await act();
  } catch (error) {
    throw signal?.aborted ? interrupted() : error;
  }
}
