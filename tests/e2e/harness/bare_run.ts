import { run } from "./run.ts";

/** Somebody who is not root; nothing on this machine is theirs. */
const uid = 64_999;

/** The engine's socket on this machine. */
const socket = (Deno.env.get("DOCKER_HOST") || "unix:///var/run/docker.sock")
  .replace(/^unix:\/\//, "");

/** Why {@linkcode bareRun} cannot run anything here, if so. */
export async function whyNotBare(): Promise<string | undefined> {
  const script = `[ "$(id -u)" = 0 ] || { echo not root; exit; }
    for name in unshare setpriv mount; do
      command -v "$name" >/dev/null || { echo "no $name"; exit; }
    done
    [ -S ${socket} ] || { echo the engine has no Unix socket here; exit; }
    [ "$(stat -Lc %a ${socket})" = 660 ] || { echo its socket is not for a group; exit; }
    unshare --net --mount true 2>/dev/null || echo no namespaces can be made`;
  return (await run(["sh", "-c", script])).stdout.trim() || undefined;
}

/**
 * The command that runs a program as a user who has nothing but membership in the group of the
 * engine's socket: no network, a read-only /tmp, an empty home, and `docker` alone on PATH.
 *
 * @param folder where it is run; `docker` is linked in there.
 */
export async function bareRun(
  folder: string,
  argv: string[],
  env: Record<string, string> = {},
): Promise<string[]> {
  await Deno.mkdir(`${folder}/home`, { recursive: true });
  await Deno.mkdir(`${folder}/bin`, { recursive: true });
  const docker = (await run(["sh", "-c", "command -v docker"])).stdout.trim();
  await Deno.remove(`${folder}/bin/docker`).catch(() => {});
  await Deno.symlink(docker, `${folder}/bin/docker`);
  const gid = (await Deno.stat(socket)).gid;
  const variables = Object.entries({
    PATH: `${folder}/bin`,
    HOME: `${folder}/home`,
    DOCKER_HOST: `unix://${socket}`,
    NO_COLOR: "1",
    ...env,
  }).map(([name, value]) => `${name}=${value}`);
  const user = [`--reuid=${uid}`, `--regid=${uid}`, `--groups=${gid}`, "--inh-caps=-all"];
  return [
    ...["unshare", "--net", "--mount", "--propagation", "private", "sh", "-euc", script, "sh"],
    ...[folder, String(uid), "setpriv", ...user, "--no-new-privs", "sh", "-euc", asUser, "sh"],
    ...["env", "--ignore-environment", ...variables, ...argv],
  ];
}

const script = `mount --bind /tmp /tmp
mount -o remount,bind,ro /tmp
mount -t tmpfs -o mode=755,uid="$2" home "$1/home"
cd "$1"
shift 2
exec "$@"`;

/** What is said to be forbidden must be. */
const asUser = `! touch /tmp/kerek-not-writable 2>/dev/null
exec "$@"`;
