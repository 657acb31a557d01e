import { resolve } from "node:path";
import type { Io } from "../cli/io.ts";
import { type Background, startInBackground } from "../engine/background.ts";
import { clientsOf } from "../engine/clients.ts";
import { spawner } from "../engine/spawn.ts";
import { surroundings } from "../engine/surroundings.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { TunnelSshOptions } from "../options.ts";
import type { SshTarget } from "../ssh/argv.ts";
import { findRemoteSocket, unreachable } from "../ssh/remote_socket.ts";
import { isListening, kindOf, removeStale } from "../ssh/socket_file.ts";
import { localPaths, stopArgv, tunnelArgv, type TunnelPaths } from "../ssh/tunnel_argv.ts";
import { onInterrupt } from "./interrupt.ts";
import { quoted } from "./quoted.ts";

/** How often to look whether a socket has come or gone, in milliseconds. */
const lookEveryMs = 50;

/** How long an `ssh` that was told to end may take, in milliseconds. */
const longestEndMs = 5_000;

/** `kerek tunnel-ssh`: opens a tunnel, sees that the engine answers through it, and leaves it. */
export async function runTunnelSsh(options: TunnelSshOptions, io: Io): Promise<ExitCode> {
  const { sshHost: host, sshConfig: configFile } = options;
  const target: SshTarget = { host, configFile };
  const ends = localPaths(options.localSocket);
  if (options.stop) return await stop(options, target, ends, io);
  await refuseTaken(options, ends);
  const isPodman = /(^|\/)podman(-remote)?$/.test(options.engine.containerEngine);
  const remote = options.remoteSocket ?? await findRemoteSocket(target, isPodman, spawner);
  if (options.dryRun) {
    io.stderr(`Would forward ${options.localSocket} to ${remote} of ${host}.\n`);
    return ExitCode.done;
  }
  await removeStale(ends.local);
  await removeStale(ends.control);
  return await open(options, target, { ...ends, remote }, io);
}

async function open(
  options: TunnelSshOptions,
  target: SshTarget,
  paths: TunnelPaths,
  io: Io,
): Promise<ExitCode> {
  const tunnel = startInBackground(tunnelArgv(target, paths));
  let isInterrupted = false;
  const release = onInterrupt(() => {
    isInterrupted = true;
    void tunnel.end();
  });
  try {
    const version = await answering(options, paths, tunnel);
    const variable = options.engine.containerEngine === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
    io.stdout(`${variable}=unix://${resolve(paths.local)}\n`);
    io.stderr(
      `The engine of ${target.host} (${version}) answers at ${options.localSocket}.\n` +
        (options.foreground ? "Ctrl-C ends it.\n" : `End it with: ${stopLine(options)}\n`),
    );
    if (!options.foreground) return ExitCode.done;
    const { stderr } = await tunnel.ended;
    await removeStale(paths.local);
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

/** The version of the engine that answers through the tunnel. */
async function answering(
  { engine, sshHost }: TunnelSshOptions,
  { local, remote }: TunnelPaths,
  tunnel: Background,
): Promise<string> {
  let end: { stderr: string } | undefined;
  void tunnel.ended.then((value) => end = value);
  while (!await isListening(local)) {
    if (end) throw unreachable(sshHost, end.stderr);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const { containerEngine } = engine;
  const reached = { containerEngine, host: `unix://${resolve(local)}` };
  const compose = { envFiles: [], files: [], profiles: [] };
  const { engine: client } = await clientsOf(reached, compose, surroundings(reached));
  const ask = [...client, "version", "--format", "{{.Server.Version}}"];
  const { code, stdout, stderr } = await spawner.read(ask);
  if (code === 0) return stdout.trim();
  await tunnel.end();
  const lines = [...(await tunnel.ended).stderr.split("\n"), ...stderr.split("\n")];
  throw new KerekError(`Cannot tunnel to ${sshHost}: no engine answers at ${remote} there`, {
    details: lines.filter((line) => line.trim() !== ""),
    hint: "See that it runs, that the user may use that socket, and that the SSH server allows " +
      "AllowTcpForwarding and AllowStreamLocalForwarding.",
  });
}

async function refuseTaken(options: TunnelSshOptions, { local }: { local: string }): Promise<void> {
  const kind = await kindOf(local);
  if (kind === "nothing" || kind === "socket" && !await isListening(local)) return;
  const isOpen = kind === "socket";
  throw new KerekError(
    `Cannot open a tunnel at ${options.localSocket}: ` +
      (isOpen ? "one is open there already" : "there is a file by that name"),
    {
      hint: (isOpen ? `End it with ${stopLine(options)}, or choose` : "Choose") +
        " another place by --local-socket.",
    },
  );
}

async function stop(
  options: TunnelSshOptions,
  target: SshTarget,
  ends: Pick<TunnelPaths, "local" | "control">,
  io: Io,
): Promise<ExitCode> {
  const { localSocket } = options;
  if (!await isListening(ends.control) && !await isListening(ends.local)) {
    if (!options.dryRun) await clear(ends);
    io.stderr(`Nothing to do: no tunnel is open at ${localSocket}.\n`);
    return ExitCode.done;
  }
  if (options.dryRun) {
    io.stderr(`Would end the tunnel at ${localSocket}.\n`);
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
  io.stderr(`Ended the tunnel at ${localSocket}.\n`);
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
