import type { Spawner } from "../engine/spawn.ts";
import { KerekError } from "../errors.ts";
import { sshArgv, type SshTarget } from "./argv.ts";

/** Prints the first usual socket that can be used, or that is there at all. */
const script = (isPodman: boolean) =>
  `uid=$(id -u)
docker="/var/run/docker.sock /run/user/$uid/docker.sock"
if [ "$uid" = 0 ]; then podman=/run/podman/podman.sock
else podman="/run/user/$uid/podman/podman.sock /run/podman/podman.sock"; fi
for path in ${isPodman ? "$podman $docker" : "$docker $podman"}; do
  [ -S "$path" ] || continue
  if [ -w "$path" ]; then echo "kerek-socket $path"; exit; fi
  denied=\${denied:-$path}
done
echo "kerek-none \${denied:--}"
`;

/**
 * Finds the socket of the engine on another machine.
 *
 * @throws {KerekError} if the machine cannot be reached, or has none that its user may use.
 */
export async function findRemoteSocket(
  target: SshTarget,
  isPodman: boolean,
  spawner: Spawner,
): Promise<string> {
  const { stdout, stderr } = await spawner.read(sshArgv(target, ["-T"], ["sh", "-s"]), {
    stdin: script(isPodman),
  });
  // Whatever the machine's shell says at its start comes before.
  const [, kind, path] = stdout.match(/^kerek-(socket|none) (-|\/[\w./-]+)\s*$/m) ?? [];
  if (kind === "socket" && path !== "-") return path;
  const { host } = target;
  if (kind === undefined) throw unreachable(host, stderr);
  if (path !== "-") {
    throw new KerekError(`Cannot use the engine of ${host}: its user may not use ${path}`, {
      hint: "Add the user to the group docker there, and log in anew.",
    });
  }
  throw new KerekError(`Cannot find the engine of ${host}: none of the usual sockets is there`, {
    hint: "Say where it is by --remote-socket. `kerek provision` sets up an engine.",
  });
}

/** The error for a machine that SSH does not get to. */
export function unreachable(host: string, stderr: string): KerekError {
  return new KerekError(`Cannot reach ${host} by SSH`, {
    details: stderr.split("\n").filter((line) => line.trim() !== "").slice(-5),
    hint: `See that this works without being asked anything: ssh ${host} true`,
  });
}
