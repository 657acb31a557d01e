import { freePort } from "./ports.ts";
import { run, start } from "./run.ts";

/** An SSH server on this machine, for its root, with keys of its own. */
export interface LocalSshd {
  /** SSH config file that knows it as {@linkcode sshName}, and a port with nobody as `nobody`. */
  config: string;
  folder: string;
  /** What lets clients that know no config file, as docker, find it; and a place for kerek's own. */
  env: Record<string, string>;
  /** How many connections there were so far. */
  connections(): number;
  /** Ids of the `ssh` processes that were started with `env` or `config`. */
  clients(): Promise<number[]>;
  /** Sends a signal to them, those that have ended meanwhile left out. */
  killClients(signal: Deno.Signal): Promise<void>;
  remove(): Promise<void>;
}

/** It serves for as long as a test or a benchmark takes, in milliseconds. */
const longestMs = 3_600_000;

/** What SSH knows the server as. */
export const sshName = "there";

/** Why there can be no such server here, if so. */
export async function whyNoSshd(): Promise<string | undefined> {
  const script = `PATH=$PATH:/usr/sbin:/sbin
    [ "$(id -u)" = 0 ] || { echo not root; exit; }
    for name in sshd ssh ssh-keygen pgrep; do
      command -v $name >/dev/null || { echo no $name; exit; }
    done`;
  return (await run(["sh", "-c", script])).stdout.trim() || undefined;
}

/** Starts one, with further settings. */
export async function startSshd(settings = ""): Promise<LocalSshd> {
  const folder = await Deno.makeTempDir({ prefix: "kerek-sshd-" });
  for (const name of ["bin", "run"]) await Deno.mkdir(`${folder}/${name}`, { mode: 0o700 });
  const port = freePort();
  await Deno.mkdir("/run/sshd", { recursive: true });
  for (const name of ["host", "user"]) {
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`]);
  }
  await Deno.writeTextFile(
    `${folder}/sshd_config`,
    `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/user.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
${settings}`,
  );
  const config = `${folder}/config`;
  await Deno.writeTextFile(
    config,
    `Host ${sshName}
  Port ${port}
Host nobody
  Port 1
Host *
  HostName 127.0.0.1
  User root
  IdentityFile ${folder}/user
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile ${folder}/known
  LogLevel ERROR
`,
  );
  const ssh = (await run(["sh", "-c", "command -v ssh"])).stdout.trim();
  // With "none", nothing is to be read.
  await Deno.writeTextFile(
    `${folder}/bin/ssh`,
    `#!/bin/sh
[ "$1" = -F ] || set -- -F ${config} "$@"
exec ${ssh} "$@"
`,
    { mode: 0o755 },
  );
  const argv = ["-D", "-e", "-f", `${folder}/sshd_config`];
  const server = start([
    ...["sh", "-c", 'PATH=$PATH:/usr/sbin:/sbin; exec "$(command -v sshd)" "$@"', "sh", ...argv],
  ], { longestMs });
  const env = { PATH: `${folder}/bin:${Deno.env.get("PATH")}`, XDG_RUNTIME_DIR: `${folder}/run` };
  const connections = () => server.soFar().match(/^Accepted /gm)?.length ?? 0;
  const clients = async () => {
    const found = await run(["pgrep", "-f", `^(\\S*/)?ssh (-F ${config} |.*${folder}/run/)`]);
    return (found.stdout.match(/\d+/g) ?? []).map(Number);
  };
  const killClients = async (signal: Deno.Signal) => {
    for (const pid of await clients()) {
      try {
        Deno.kill(pid, signal);
      } catch (error) {
        // It has ended by itself since.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  };
  const remove = async () => {
    await killClients("SIGTERM");
    server.kill("SIGTERM");
    await server.result;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await server.shows(/Server listening/);
    return { config, folder, env, connections, clients, killClients, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
