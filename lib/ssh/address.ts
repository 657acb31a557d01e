import type { SshTarget } from "./argv.ts";

/** An engine on another machine. */
export interface SshAddress {
  target: SshTarget;
  /** Path of its socket there; absent: the usual one. */
  socket?: string;
}

const user = /[\w.][\w.+-]*@/u.source;
const host = /[\p{L}\p{N}_.][\p{L}\p{N}_.-]*|\[[\da-fA-F:.]+\]/u.source;
const destination = `(?:${user})?(?:${host})(?::\\d{1,5})?`;

const machine = new RegExp(`^(?:ssh://)?${destination}$`, "u");
const address = new RegExp(`^(ssh://${destination})(/[\\w./-]*)?$`, "u");

/** Whether it is a reference like `[ssh://][user@]hostname[:port]`. */
export const isMachine = (text: string): boolean => machine.test(text);

/**
 * Reads an address such as `ssh://user@host:22/run/docker.sock`.
 *
 * @returns nothing if it is none. Docker would hand parts of it to a shell there.
 */
export function sshAddress(text: string): SshAddress | undefined {
  const [, host, path] = text.match(address) ?? [];
  if (host === undefined) return undefined;
  return { target: { host }, ...(path && path !== "/" ? { socket: path } : {}) };
}
