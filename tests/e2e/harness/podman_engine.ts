import { run, start } from "./run.ts";

/** A Podman of its own, with its API at a socket. */
export interface PodmanEngine {
  /** Its address for `docker --host` and `podman --url`. */
  host: string;
  /** What lets kerek and Compose reach it. */
  env: Record<string, string>;
  /** Runs `podman` with it. */
  podman(args: string[]): ReturnType<typeof run>;
  remove(): Promise<void>;
}

/** Limits and cgroups that need neither systemd nor all capabilities, and networks of its own. */
const settings = (folder: string) =>
  `[containers]
default_sysctls = []
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
[network]
network_config_dir = "${folder}/networks"
`;

/** Why there can be none here, if so. */
export async function whyNoPodman(): Promise<string | undefined> {
  const script = `[ "$(id -u)" = 0 ] || { echo not root; exit; }
    for program in podman runc; do
      command -v $program >/dev/null || { echo no $program; exit; }
    done
    for folder in /usr/lib/podman /usr/libexec/podman; do [ ! -x $folder/netavark ] || exit; done
    echo no netavark`;
  return (await run(["sh", "-c", script])).stdout.trim() || undefined;
}

/** Starts one. */
export async function startPodman(): Promise<PodmanEngine> {
  const folder = await Deno.makeTempDir({ prefix: "kerek-podman-" });
  const host = `unix://${folder}/podman.sock`;
  const env = { CONTAINERS_CONF: `${folder}/containers.conf` };
  await Deno.writeTextFile(env.CONTAINERS_CONF, settings(folder));
  const podman = (args: string[]) => run(["podman", "--url", host, ...args], { env });
  const store = ["--root", `${folder}/root`, "--runroot", `${folder}/run`];
  const server = start(
    ["podman", ...store, "--storage-driver", "vfs", "system", "service", "-t", "0", host],
    { env, longestMs: 1_800_000 },
  );
  const remove = async () => {
    await podman(["rm", "--all", "--force", "--time", "0"]);
    server.kill("SIGTERM");
    await server.result;
    await removeWhole(folder);
  };
  await run(["sh", "-c", 'until podman --url "$1" info; do sleep 0.2; done', "sh", host], { env });
  return { host, env: { CONTAINER_ENGINE: "podman", DOCKER_HOST: host }, podman, remove };
}

/** Podman cleans up after a container by a process of its own, which may still write. */
async function removeWhole(folder: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
