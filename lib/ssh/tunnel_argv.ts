import { ExitCode, KerekError } from "../errors.ts";
import { sshArgv, type SshTarget } from "./argv.ts";

/** Two ends of a tunnel, and the socket by which ssh itself is told to end it. */
export interface TunnelPaths {
  local: string;
  remote: string;
  control: string;
}

/** Kernels take no longer paths of sockets, and ssh first binds one with 17 bytes more. */
const longestLocal = 107 - 17 - ".ssh".length;

/**
 * The paths of a tunnel's ends here.
 *
 * @throws {KerekError} if ssh could not use such a path, or would read something else out of it.
 */
export function localPaths(localSocket: string): Pick<TunnelPaths, "local" | "control"> {
  refuse("--local-socket", localSocket);
  const length = new TextEncoder().encode(localSocket).length;
  if (length > longestLocal) {
    throw new KerekError(
      `Cannot use ${localSocket} as --local-socket: it has ${length} bytes, ` +
        `${longestLocal} are possible`,
      { hint: "Change to its folder, and give a relative path.", exitCode: ExitCode.usage },
    );
  }
  // Without a slash, ssh takes it for a port; with a tilde in front, for a home.
  const local = localSocket.startsWith("/") ? localSocket : `./${localSocket}`;
  return { local, control: `${local}.ssh` };
}

/** @throws {KerekError} if it is no path that ssh takes as it is. */
export function refuse(option: string, path: string): void {
  // deno-lint-ignore no-control-regex
  if (!/[\u0000-\u001f\u007f]|\$\{/.test(path)) return;
  throw new KerekError(`Cannot use ${JSON.stringify(path)} as ${option}: ssh cannot take it`, {
    hint: "Paths with ${ or control characters do not work.",
    exitCode: ExitCode.usage,
  });
}

/** The command line of an `ssh` that forwards a socket here to one there until it is ended. */
export function tunnelArgv(target: SshTarget, { local, remote, control }: TunnelPaths): string[] {
  return sshArgv(target, [
    ...["-N", "-T", "-M", "-S", percentFree(control)],
    ...["-o", "ControlPersist=no"],
    // Otherwise an ssh that forwards nothing stays.
    ...["-o", "ExitOnForwardFailure=yes"],
    // Ends a connection that has died in a minute, so that calls fail instead of hanging.
    ...["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"],
    ...["-L", `${forwarded(local)}:${forwarded(remote)}`],
  ]);
}

/** The command line that tells the `ssh` of a tunnel to end. */
export const stopArgv = (target: SshTarget, { control }: Pick<TunnelPaths, "control">): string[] =>
  sshArgv(target, ["-S", percentFree(control), "-O", "exit"]);

const percentFree = (path: string): string => path.replaceAll("%", "%%");

const forwarded = (path: string): string => percentFree(path.replace(/[\\:]/g, "\\$&"));
