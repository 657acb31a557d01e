/** A machine to reach by SSH. */
export interface SshTarget {
  /** `[ssh://][user@]hostname[:port]`, checked where the command line is read. */
  host: string;
  /** Path of an SSH config file; absent: ssh's own. */
  configFile?: string;
}

/**
 * The command line of `ssh`, which never asks anything: its standard input is not a terminal's.
 *
 * @param command What the remote shell is to run. OpenSSH joins it to one line, so only constant
 *   words may stand here; values go through standard input. Absent: nothing is run.
 */
export function sshArgv(
  target: SshTarget,
  options: readonly string[] = [],
  command: readonly string[] = [],
): string[] {
  const { destination, port } = split(target.host);
  return [
    "ssh",
    ...target.configFile === undefined ? [] : ["-F", target.configFile],
    ...["-o", "BatchMode=yes"],
    ...options,
    ...port === undefined ? [] : ["-p", port],
    ...["--", destination],
    ...command,
  ];
}

function split(host: string): { destination: string; port?: string } {
  const match = host.match(/^(?:ssh:\/\/)?((?:[^@]*@)?)(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/);
  if (!match) throw new TypeError(`no SSH host: ${host}`);
  const [_, user, address, name, port] = match;
  return { destination: user + (address ?? name), port };
}
