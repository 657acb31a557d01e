import { ExitCode, KerekError } from "../errors.ts";
import type { SshTarget } from "./argv.ts";

/** An engine on another machine. */
export interface SshAddress {
  target: SshTarget;
  /** Path of its socket there; absent: the usual one. */
  socket?: string;
}

/**
 * Reads an address such as `ssh://user@host:22/run/docker.sock`.
 *
 * @throws {KerekError} if it is none. Docker would hand parts of it to a shell there.
 */
export function sshAddress(text: string): SshAddress {
  const user = /[\w.][\w.+-]*@/u;
  const host = /[\p{L}\p{N}_.][\p{L}\p{N}_.-]*|\[[\da-fA-F:.]+\]/u;
  const [, machine, path] = text.match(
    new RegExp(`^(ssh://(?:${user.source})?(?:${host.source})(?::\\d{1,5})?)(/[\\w./-]*)?$`, "u"),
  ) ?? [];
  if (machine === undefined) {
    throw new KerekError(`Cannot use "${text}" as the engine's address`, {
      hint: "It has to be like ssh://user@host:22, and may end with the path of a socket.",
      exitCode: ExitCode.usage,
    });
  }
  return { target: { host: machine }, ...(path && path !== "/" ? { socket: path } : {}) };
}
