import type { Spawner } from "../engine/spawn.ts";
import type { SshTarget } from "./argv.ts";
import { checkArgv, type TunnelPaths, tunnelPattern } from "./tunnel_argv.ts";

/**
 * Where the tunnel leads whose `ssh` listens at a control socket: that process is asked for, and its
 * command line says it, so that no record of it can be wrong.
 *
 * @returns nothing if no `ssh` listens there.
 */
export async function whereItLeads(
  target: SshTarget,
  { control, remote }: Pick<TunnelPaths, "control" | "remote">,
  spawner: Spawner,
): Promise<"there" | "elsewhere" | undefined> {
  const { stderr } = await spawner.read(checkArgv(control));
  const pid = /\(pid=(\d+)\)/.exec(stderr)?.[1];
  if (pid === undefined) return undefined;
  const line = await commandLine(pid, spawner);
  return tunnelPattern(target, remote).test(line) ? "there" : "elsewhere";
}

/** A process's words, with one space between two of them; empty if they cannot be told. */
async function commandLine(pid: string, spawner: Spawner): Promise<string> {
  if (Deno.build.os === "linux") {
    const words = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
    return words.replace(/\0$/, "").replaceAll("\0", " ");
  }
  return (await spawner.read(["ps", "-ww", "-o", "args=", "-p", pid])).stdout.trimEnd();
}
