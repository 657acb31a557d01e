import { run, start } from "./run.ts";

/** Another Docker Engine on this machine, with images of its own. */
export interface SecondEngine {
  /** Its address for `docker --host`. */
  host: string;
  /** Runs `docker` with it. */
  docker(args: string[]): ReturnType<typeof run>;
  remove(): Promise<void>;
}

/** Why there can be no such engine here, if so. */
export async function whyNoSecondEngine(): Promise<string | undefined> {
  const script = `PATH=$PATH:/usr/sbin:/sbin
    [ "$(id -u)" = 0 ] || { echo not root; exit; }
    for name in dockerd unshare; do command -v $name >/dev/null || { echo no $name; exit; }; done
    unshare --net true 2>/dev/null || echo no namespaces can be made`;
  return (await run(["sh", "-c", script])).stdout.trim() || undefined;
}

/** Starts one in a network namespace of its own, as it would take the other's bridge away. */
export async function startSecondEngine(): Promise<SecondEngine> {
  const folder = await Deno.makeTempDir({ prefix: "kerek-engine-" });
  const host = `unix://${folder}/docker.sock`;
  const daemon = start([
    ...["unshare", "--net", "sh", "-c", 'PATH=$PATH:/usr/sbin:/sbin; exec dockerd "$@"', "sh"],
    ...["--host", host, "--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`],
    ...["--pidfile", `${folder}/pid`, "--bridge", "none", "--iptables=false"],
  ], { longestMs: 1_800_000 });
  const docker = (args: string[]) => run(["docker", "--host", host, ...args]);
  const remove = async () => {
    daemon.kill("SIGTERM");
    await daemon.result;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await daemon.shows(/API listen on/);
    return { host, docker, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
