import { type Companion, startCompanion } from "../engine/companion.ts";
import type { OpenTunnel } from "../engine/open_programs.ts";
import { type Spawner, spawner as realSpawner } from "../engine/spawn.ts";
import { KerekError } from "../errors.ts";
import { realClock } from "../execute/clock.ts";
import { type SshAddress, sshAddress } from "./address.ts";
import type { SshTarget } from "./argv.ts";
import { LastingConnection } from "./lasting_connection.ts";
import { ping } from "./ping.ts";
import { socketReport, socketScript, unreachable, unusable } from "./remote_socket.ts";
import { makeRunFolder, type RunFolder } from "./run_folder.ts";
import { isListening, removeStale } from "./socket_file.ts";
import { exitArgv, forwardArgv, masterArgv } from "./tunnel_argv.ts";

/** How long the other machine may take to say where its engine is, in milliseconds. */
const longestReportMs = 60_000;

/** What `ssh` ends with when it could not connect; all else is of the other machine. */
const sshFailed = 255;

/**
 * The real {@linkcode OpenTunnel}: one connection that finds the engine's socket and forwards one
 * here to it, and is made again when it breaks. It ends with this process, however that ends, and
 * takes nothing from the terminal.
 */
export const openTunnel: OpenTunnel = async (address, { isPodman, warn, signal }) => {
  const machine = sshAddress(address)!;
  const { target, socket } = machine;
  if (!isPossible()) return undefined;
  const folder = await makeRunFolder((control) => endAt(control, realSpawner));
  if (!folder) return undefined;
  const script = socketScript({ isPodman, socket });
  const start = () => startCompanion(masterArgv(target, folder.control), script);
  const ssh = start();
  const stop = () => void ssh.end();
  signal?.addEventListener("abort", stop);
  try {
    signal?.throwIfAborted();
    const reason = await forward(machine, ssh, folder);
    signal?.throwIfAborted();
    if (reason !== undefined) {
      warn(`Each call to ${target.host} makes a connection of its own: ${reason}`);
      await ssh.end();
      await folder.remove();
      return undefined;
    }
  } catch (error) {
    await ssh.end();
    await folder.remove();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  const lasting = new LastingConnection(target.host, ssh, {
    connect: async (begun) => {
      await removeStale(folder.control);
      await removeStale(folder.local);
      const ssh = start();
      begun(ssh);
      const reason = await forward(machine, ssh, folder);
      if (reason !== undefined) throw new KerekError(reason);
    },
    isOpen: () => isListening(folder.control),
    isAnswering: () => ping(folder.local),
    clock: realClock,
    warn,
  });
  const close = async () => {
    await lasting.close();
    await folder.remove();
  };
  return {
    host: `unix://${folder.local}`,
    current: () => lasting.current(),
    check: () => lasting.check(),
    close,
  };
};

/** Not on Windows, whose ssh forwards no such sockets, nor where Deno was not allowed to. */
function isPossible(): boolean {
  if (Deno.build.os === "windows") return false;
  return Deno.permissions.querySync({ name: "run", command: "ssh" }).state === "granted";
}

/** @returns why the engine cannot be reached by a forwarded socket, if so. */
async function forward(
  { target, socket }: SshAddress,
  ssh: Companion,
  { local, control }: RunFolder,
): Promise<string | undefined> {
  const report = await withinMs(longestReportMs, ssh.says(socketReport));
  if (report === undefined) return await silence(target, ssh);
  // Docker's client there knows the way, wherever it leads.
  if (report.kind === "elsewhere") return "the engine is not on that machine";
  if (report.kind !== "usable") {
    throw unusable(target.host, report, `${target.host}/PATH`, socket);
  }
  const argv = forwardArgv({ local, control, remote: report.path });
  const { code, stderr } = await realSpawner.read(argv);
  if (code !== 0) return lastLine(stderr);
  return await ping(local) ? undefined : "its SSH server forwards no sockets";
}

/** What it means that the other machine has not said where its engine is. */
async function silence(target: SshTarget, ssh: Companion): Promise<string> {
  const output = await withinMs(0, ssh.ended);
  if (output?.code === sshFailed) throw unreachable(target.host, output.stderr);
  return "it runs no shell";
}

async function endAt(control: string, spawner: Spawner): Promise<void> {
  if (await isListening(control)) await spawner.write(exitArgv(control));
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)!.trim();

async function withinMs<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<undefined>((resolve) => timer = setTimeout(resolve, ms, undefined));
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
