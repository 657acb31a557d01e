import { resolve } from "node:path";
import type { Io } from "../cli/io.ts";
import { type Background, startInBackground } from "../engine/background.ts";
import { clientsOf } from "../engine/clients.ts";
import { isPodmanProgram } from "../engine/endpoint.ts";
import { type Output, spawner } from "../engine/spawn.ts";
import { surroundings } from "../engine/surroundings.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { TunnelSshOptions } from "../options.ts";
import type { SshTarget } from "../ssh/argv.ts";
import { findRemoteSocket, unreachable } from "../ssh/remote_socket.ts";
import { whereItLeads } from "../ssh/running_tunnel.ts";
import { isListening, kindOf, removeStale } from "../ssh/socket_file.ts";
import { localPaths, stopArgv, tunnelArgv, type TunnelPaths } from "../ssh/tunnel_argv.ts";
import type { RecordBody, Told } from "../ui/told.ts";
import { type Display, telling } from "./display.ts";
import { onInterrupt } from "./interrupt.ts";
import { quoted } from "./quoted.ts";

/** How often to look whether a socket has come or gone, in milliseconds. */
const lookEveryMs = 50;

/** How long an `ssh` that was told to end may take, in milliseconds. */
const longestEndMs = 5_000;

/** `kerek tunnel-ssh`: opens a tunnel, sees that the engine answers through it, and leaves it. */
export async function runTunnelSsh(options: TunnelSshOptions, io: Io): Promise<ExitCode> {
  return await telling(options, io, (display) => tunnelSsh(options, display));
}

type Teller = Pick<Display<Told>, "emit">;

async function tunnelSsh(options: TunnelSshOptions, teller: Teller): Promise<ExitCode> {
  const { sshHost: host, sshConfig: configFile } = options;
  const target: SshTarget = { host, configFile };
  const ends = localPaths(options.localSocket);
  if (options.stop) return await stop(options, target, ends, teller);
  const isTaken = await isUsed(options, ends);
  const isPodman = isPodmanProgram(options.engine.containerEngine);
  const remote = options.remoteSocket ?? await findRemoteSocket(target, isPodman, spawner);
  if (isTaken) return await useOpen(options, target, { ...ends, remote }, teller);
  if (options.dryRun) {
    teller.emit({
      record: recordOf(options, "would-open", { remoteSocket: remote }),
      notes: [`Would forward ${options.localSocket} to ${remote} of ${host}.`],
    });
    return ExitCode.done;
  }
  await removeStale(ends.local);
  await removeStale(ends.control);
  return await open(options, target, { ...ends, remote }, teller);
}

async function open(
  options: TunnelSshOptions,
  target: SshTarget,
  paths: TunnelPaths,
  { emit }: Teller,
): Promise<ExitCode> {
  const tunnel = startInBackground(tunnelArgv(target, paths));
  let isInterrupted = false;
  const release = onInterrupt(() => {
    isInterrupted = true;
    void tunnel.end();
  });
  try {
    const version = await answering(options, paths, tunnel);
    emit(toldOpen(options, paths, version, "answers"));
    if (!options.foreground) return ExitCode.done;
    const { stderr } = await tunnel.ended;
    await removeStale(paths.local);
    emit({ record: recordOf(options, "closed") });
    if (isInterrupted) return ExitCode.interrupted;
    throw unreachable(target.host, stderr);
  } catch (error) {
    await tunnel.end();
    await removeStale(paths.local);
    if (isInterrupted) return ExitCode.interrupted;
    throw error;
  } finally {
    release();
  }
}

/** Uses the tunnel that is open already, if it is the one that was asked for. */
async function useOpen(
  options: TunnelSshOptions,
  target: SshTarget,
  paths: TunnelPaths,
  { emit }: Teller,
): Promise<ExitCode> {
  const leads = await whereItLeads(target, paths, spawner);
  // In the foreground, it would have to end with this process.
  if (leads !== "there" || options.foreground) throw taken(options, leads);
  const { code, stdout, stderr } = await askVersion(options, paths);
  if (code !== 0) throw noAnswer(options, paths, stderr);
  emit(toldOpen(options, paths, stdout.trim(), "answers already"));
  return ExitCode.done;
}

/** Says how to use the tunnel, and how to end it. */
function toldOpen(
  options: TunnelSshOptions,
  { local, remote }: Pick<TunnelPaths, "local" | "remote">,
  engineVersion: string,
  does: string,
): Told {
  const variable = options.engine.containerEngine === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
  const value = `unix://${resolve(local)}`;
  return {
    record: recordOf(options, "open", { remoteSocket: remote, variable, value, engineVersion }),
    result: [`${variable}=${value}`],
    notes: [
      `The engine of ${options.sshHost} (${engineVersion}) ${does} at ${options.localSocket}.`,
      options.foreground ? "Ctrl-C ends it." : `End it with: ${stopLine(options)}`,
    ],
  };
}

type TunnelRecord = Extract<RecordBody, { type: "tunnel" }>;

const recordOf = (
  { sshHost, localSocket }: TunnelSshOptions,
  state: TunnelRecord["state"],
  more: Partial<TunnelRecord> = {},
): TunnelRecord => ({ type: "tunnel", state, host: sshHost, localSocket, ...more });

/** The version of the engine that answers through the tunnel. */
async function answering(
  options: TunnelSshOptions,
  paths: TunnelPaths,
  tunnel: Background,
): Promise<string> {
  let end: { stderr: string } | undefined;
  void tunnel.ended.then((value) => end = value);
  while (!await isListening(paths.local)) {
    if (end) throw unreachable(options.sshHost, end.stderr);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const { code, stdout, stderr } = await askVersion(options, paths);
  if (code === 0) return stdout.trim();
  await tunnel.end();
  throw noAnswer(options, paths, `${(await tunnel.ended).stderr}\n${stderr}`);
}

async function askVersion(
  { engine: { containerEngine } }: TunnelSshOptions,
  { local }: Pick<TunnelPaths, "local">,
): Promise<Output> {
  const reached = { containerEngine, host: `unix://${resolve(local)}` };
  const compose = { envFiles: [], files: [], profiles: [] };
  const { engine } = await clientsOf(reached, compose, surroundings(reached));
  return await spawner.read([...engine, "version", "--format", "{{.Server.Version}}"]);
}

function noAnswer({ sshHost }: TunnelSshOptions, { remote }: TunnelPaths, stderr: string) {
  return new KerekError(`Cannot tunnel to ${sshHost}: no engine answers at ${remote} there`, {
    details: stderr.split("\n").filter((line) => line.trim() !== ""),
    hint: "See that it runs, that the user may use that socket, and that the SSH server allows " +
      "AllowTcpForwarding and AllowStreamLocalForwarding.",
  });
}

/** Whether somebody listens at the place for the socket. */
async function isUsed(
  { localSocket }: TunnelSshOptions,
  { local }: Pick<TunnelPaths, "local">,
): Promise<boolean> {
  if (await kindOf(local) !== "other") return await isListening(local);
  throw new KerekError(
    `Cannot open a tunnel at ${localSocket}: there is a file by that name`,
    { hint: "Choose another place by --local-socket." },
  );
}

function taken(options: TunnelSshOptions, leads: "there" | "elsewhere" | undefined): KerekError {
  const why = {
    there: "one is open there already, in the background",
    elsewhere: "one that leads elsewhere is open there already",
    nobody: "another program listens there",
  }[leads ?? "nobody"];
  return new KerekError(`Cannot open a tunnel at ${options.localSocket}: ${why}`, {
    hint: (leads ? `End it with ${stopLine(options)}, or choose` : "Choose") +
      " another place by --local-socket.",
  });
}

async function stop(
  options: TunnelSshOptions,
  target: SshTarget,
  ends: Pick<TunnelPaths, "local" | "control">,
  { emit }: Teller,
): Promise<ExitCode> {
  const { localSocket } = options;
  if (!await isListening(ends.control) && !await isListening(ends.local)) {
    if (!options.dryRun) await clear(ends);
    emit({
      record: recordOf(options, "not-open"),
      notes: [`Nothing to do: no tunnel is open at ${localSocket}.`],
    });
    return ExitCode.done;
  }
  if (options.dryRun) {
    emit({
      record: recordOf(options, "would-close"),
      notes: [`Would end the tunnel at ${localSocket}.`],
    });
    return ExitCode.done;
  }
  const { stderr } = await spawner.write(stopArgv(target, ends));
  const until = performance.now() + longestEndMs;
  while (await isListening(ends.local)) {
    if (performance.now() > until) {
      throw new KerekError(`Cannot end the tunnel at ${localSocket}: it is still open`, {
        details: [stderr.trim()],
        hint: `fuser ${localSocket} tells whose it is.`,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  await clear(ends);
  emit({
    record: recordOf(options, "closed"),
    notes: [`Ended the tunnel at ${localSocket}.`],
  });
  return ExitCode.done;
}

async function clear({ local, control }: Pick<TunnelPaths, "local" | "control">): Promise<void> {
  await removeStale(local);
  await removeStale(control);
}

/** The command that ends a tunnel; what came by its defaults is left out. */
function stopLine({ localSocket, sshHost }: TunnelSshOptions): string {
  const at = localSocket === "kerek.sock" ? "" : ` --local-socket ${quoted(localSocket)}`;
  return `kerek tunnel-ssh --stop${at} ${quoted(sshHost)}`;
}
