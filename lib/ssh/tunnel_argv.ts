import { sshArgv, type SshTarget } from "./argv.ts";

/** Two ends of a tunnel, and the socket by which ssh itself is told to end it. */
export interface TunnelPaths {
  local: string;
  remote: string;
  control: string;
}

/** Kernels take no longer paths of sockets, and ssh first binds one with 17 bytes more. */
export const longestLocalSocket = 107 - 17 - ".ssh".length;

/** The paths of a tunnel's ends here. */
export function localPaths(localSocket: string): Pick<TunnelPaths, "local" | "control"> {
  // Without a slash, ssh takes it for a port; with a tilde in front, for a home.
  const local = localSocket.startsWith("/") ? localSocket : `./${localSocket}`;
  return { local, control: `${local}.ssh` };
}

/** The command line of an `ssh` that forwards a socket here to one there until it is ended. */
export function tunnelArgv(target: SshTarget, { local, remote, control }: TunnelPaths): string[] {
  return sshArgv(target, [
    ...["-N", "-T", "-M", "-S", percentFree(control)],
    ...["-o", "ControlPersist=no"],
    // Otherwise an ssh that forwards nothing stays.
    ...["-o", "ExitOnForwardFailure=yes"],
    ...endOfDead,
    ...["-L", `${forwarded(local)}:${forwarded(remote)}`],
  ]);
}

/**
 * What the command line of a tunnel to a socket of a machine looks like, with one space between two
 * words, wherever the tunnel's ends here are.
 */
export function tunnelPattern(target: SshTarget, remote: string): RegExp {
  // No path has such characters in it.
  const [ssh, ...others] = tunnelArgv(target, { local: "\0", remote, control: "\u0001" });
  const words = others.join(" ").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  // In front of the colon between the two ends, others have a backslash.
  const line = words.replace("\0", "(\\\\.|[^\\\\:])+").replace("\u0001", ".+");
  return new RegExp(`^(\\S*/)?${ssh} ${line}$`, "s");
}

/** Ends a connection that has died in a minute, so that calls fail instead of hanging. */
const endOfDead = ["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"];

/**
 * The command line of an `ssh` that runs a script, as its input, and forwards what
 * {@linkcode forwardArgv} says, for as long as that input is open.
 */
export function masterArgv(target: SshTarget, control: string): string[] {
  const options = [
    ...["-T", "-M", "-S", percentFree(control), "-o", "ControlPersist=no"],
    // Those of the user's own config file are not for this connection.
    ...["-o", "ClearAllForwardings=yes"],
    // As docker's own, beyond which a call would wait for minutes.
    ...["-o", "ConnectTimeout=30"],
    ...endOfDead,
  ];
  return sshArgv(target, options, ["sh", "-s"]);
}

/** The command line that lets the `ssh` at a control socket forward one socket more. */
export const forwardArgv = ({ local, remote, control }: TunnelPaths): string[] =>
  atControl(control, ["-O", "forward", "-L", `${forwarded(local)}:${forwarded(remote)}`]);

/** The command line that asks which process the `ssh` at a control socket is. */
export const checkArgv = (control: string): string[] => atControl(control, ["-O", "check"]);

/** The command line that ends the `ssh` at a control socket. */
export const exitArgv = (control: string): string[] => atControl(control, ["-O", "exit"]);

/** No connection is made, so that neither a config file nor the host's name matters. */
const atControl = (control: string, options: string[]): string[] =>
  sshArgv({ host: "kerek", configFile: "none" }, ["-S", percentFree(control), ...options]);

/** The command line that tells the `ssh` of a tunnel to end. */
export const stopArgv = (target: SshTarget, { control }: Pick<TunnelPaths, "control">): string[] =>
  sshArgv(target, ["-S", percentFree(control), "-O", "exit"]);

const percentFree = (path: string): string => path.replaceAll("%", "%%");

const forwarded = (path: string): string => percentFree(path.replace(/[\\:]/g, "\\$&"));
