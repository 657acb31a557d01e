import type { Spawner } from "../engine/spawn.ts";
import { KerekError } from "../errors.ts";
import { sshArgv, type SshTarget } from "./argv.ts";

/** What a machine says of its engine's socket. */
export type SocketReport =
  | { kind: "usable"; path: string }
  /** It is there, but not for this user. */
  | { kind: "denied"; path: string }
  | { kind: "missing" }
  /** The client there goes to an engine that no socket of that machine leads to. */
  | { kind: "elsewhere" };

/**
 * The script that finds the socket of the engine on the machine that runs it: the one that its own
 * client goes to, or else the first usual one that can be used, or that is there at all.
 *
 * @param socket The one that it has to be; absent: the script looks for it.
 */
export function socketScript({ isPodman, socket }: { isPodman: boolean; socket?: string }): string {
  const candidates = socket === undefined ? isPodman ? forPodman : forDocker : `set -- '${socket}'`;
  return `find_socket() {
  ${candidates}
  denied=
  for path; do
    [ -S "$path" ] || continue
    if [ -w "$path" ]; then echo "kerek-socket usable $path"; return; fi
    denied=\${denied:-$path}
  done
  if [ -n "$denied" ]; then echo "kerek-socket denied $denied"
  else echo 'kerek-socket missing'; fi
}
find_socket </dev/null
`;
}

const usual = `uid=$(id -u)
  docker="/var/run/docker.sock /run/user/$uid/docker.sock"
  if [ "$uid" = 0 ]; then podman=/run/podman/podman.sock
  else podman="/run/user/$uid/podman/podman.sock /run/podman/podman.sock"; fi`;

const forPodman = `${usual}
  set -- $podman $docker`;

const forDocker = `${usual}
  own=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)
  case $own in
  unix://*) docker="\${own#unix://} $docker" ;;
  ?*) echo 'kerek-socket elsewhere'; return ;;
  esac
  set -- $docker $podman`;

/**
 * What the script printed.
 *
 * @returns nothing if it has not, or nothing that can be trusted.
 */
export function socketReport(stdout: string): SocketReport | undefined {
  // Whatever the machine's shell says at its start comes before.
  const [, kind, path] = stdout.match(
    /^kerek-socket (usable|denied|missing|elsewhere)(?: (\/[\w./-]+))?\r?\n/m,
  ) ?? [];
  if (kind === "missing" || kind === "elsewhere") return { kind };
  return path === undefined ? undefined : { kind: kind as "usable" | "denied", path };
}

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
    stdin: socketScript({ isPodman }),
  });
  const report = socketReport(stdout);
  if (!report) throw unreachable(target.host, stderr);
  if (report.kind === "usable") return report.path;
  throw unusable(target.host, report, "--remote-socket");
}

/**
 * The error for a machine whose engine cannot be used by a socket.
 *
 * @param place Where the user can say which socket it is.
 * @param socket The one that was given there; absent: none was.
 */
export function unusable(
  host: string,
  report: Exclude<SocketReport, { kind: "usable" }>,
  place: string,
  socket?: string,
): KerekError {
  switch (report.kind) {
    case "denied":
      return new KerekError(
        `Cannot use the engine of ${host}: its user may not use ${report.path}`,
        { hint: "Add the user to the group docker there, and log in anew." },
      );
    case "missing":
      return new KerekError(
        `Cannot find the engine of ${host}: ` +
          (socket ? `no socket is at ${socket}` : "none of the usual sockets is there"),
        { hint: `Say where it is by ${place}. \`kerek provision\` sets up an engine.` },
      );
    case "elsewhere":
      return new KerekError(
        `Cannot find the engine of ${host}: docker there goes to one that is elsewhere`,
        { hint: `Say by ${place} which socket of that machine is meant.` },
      );
  }
}

/** The error for a machine that SSH does not get to. */
export function unreachable(host: string, stderr: string): KerekError {
  return new KerekError(`Cannot reach ${host} by SSH`, {
    details: stderr.split("\n").filter((line) => line.trim() !== "").slice(-5),
    hint: `See that this works without being asked anything: ssh ${host} true`,
  });
}
