import assert from "node:assert/strict";
import { docker } from "./project.ts";
import { type Result, run } from "./run.ts";

/** A fresh Debian with systemd in a container of its own, reached by SSH as a user with sudo. */
export interface SystemdHost {
  /** SSH config file that knows it by the name {@linkcode hostName}. */
  sshConfig: string;
  /** Where it can be reached from here. */
  address: string;
  /** Name of its container. */
  name: string;
  /** Runs a shell script on it as root, which must do well; the result is what it printed. */
  shell(script: string): Promise<string>;
  remove(): Promise<void>;
}

/** What SSH knows the host as. */
export const hostName = "fresh";

/** Debian's releases that hosts can be made of. */
export type Release = "bookworm" | "trixie";

const imageOf = (release: Release): string => `kerek-test/systemd-${release}:1`;

/** Why there can be no such host here, if so. */
export async function whyNoSystemdHost(release: Release = "bookworm"): Promise<string | undefined> {
  const image = imageOf(release);
  const script = `command -v ssh-keygen >/dev/null || { echo no ssh-keygen; exit; }
    docker version >/dev/null 2>&1 || { echo no engine answers; exit; }
    docker image inspect ${image} >/dev/null 2>&1 && exit
    [ "$(id -u)" = 0 ] || { echo not root; exit; }
    command -v debootstrap >/dev/null || { echo no debootstrap; exit; }
    [ -e /usr/share/debootstrap/scripts/${release} ] || { echo too old a debootstrap; exit; }
    . /etc/os-release; case "$ID $VERSION_ID" in debian\\ 1[23]) ;; *) echo not Debian 12 or 13 ;; esac`;
  return (await run(["sh", "-c", script])).stdout.trim() || undefined;
}

/** Starts one; its image, made at the first time, has this machine's settings of apt. */
export async function startSystemdHost(release: Release = "bookworm"): Promise<SystemdHost> {
  const image = imageOf(release);
  await makeImage(release, image);
  const folder = await Deno.makeTempDir({ prefix: "kerek-systemd-" });
  const name = `kerek-systemd-${crypto.randomUUID().slice(0, 8)}`;
  const shell = (script: string) => docker(["exec", "-i", name, "sh", "-eu"], { stdin: script });
  const remove = async () => {
    await run(["docker", "rm", "--force", "--volumes", name]);
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await docker(["run", "--detach", "--name", name, "--hostname", name, ...privileges, image]);
    await succeed(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/id`]);
    await shell(login(await Deno.readTextFile(`${folder}/id.pub`)));
    const format = "{{.NetworkSettings.IPAddress}}";
    const address = (await docker(["inspect", "--format", format, name])).trim();
    await Deno.writeTextFile(`${folder}/config`, sshConfig(address, folder));
    return { sshConfig: `${folder}/config`, address, name, shell, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Not those of `--privileged`, which would need more than some machines can give. */
const privileges = [
  ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
  ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"]
    .flatMap((option) => ["--security-opt", option]),
  ...["--device-cgroup-rule", "a *:* rwm", "--cgroupns", "host", "--stop-signal", "SIGRTMIN+3"],
  ...["/run", "/run/lock", "/tmp"].flatMap((path) => ["--tmpfs", path]),
  ...["/sys/fs/cgroup:/sys/fs/cgroup:rw", "/var/lib/docker", "/var/lib/containers", "/home"]
    .flatMap((volume) => ["--volume", volume]),
  ...["--device", "/dev/fuse", "--device", "/dev/net/tun"],
];

const login = (key: string) =>
  `i=0; until systemctl is-active -q ssh; do i=$((i + 1)); [ $i -lt 240 ]; sleep 0.5; done
useradd -m -s /bin/bash deploy
echo 'deploy ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/deploy
install -d -m 700 -o deploy /home/deploy/.ssh
echo '${key.trim()}' >/home/deploy/.ssh/authorized_keys
chmod 666 /dev/fuse /dev/net/tun
`;

const sshConfig = (address: string, folder: string) =>
  `Host ${hostName}
  HostName ${address}
  User deploy
  IdentityFile ${folder}/id
  IdentitiesOnly yes
  UserKnownHostsFile ${folder}/known_hosts
  StrictHostKeyChecking accept-new
  LogLevel ERROR
`;

async function makeImage(release: Release, image: string): Promise<void> {
  const script = `docker image inspect ${image} >/dev/null 2>&1 && exit
. /etc/os-release
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \\
  "Codename: $VERSION_CODENAME" | head -n 1)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase \\
  --include=ca-certificates,dbus,openssh-server,sudo,systemd,systemd-sysv \\
  ${release} "$root" "$mirror"
for part in sources.list sources.list.d apt.conf.d keyrings trusted.gpg.d; do
  rm -rf "$root/etc/apt/$part"
  [ ! -e "/etc/apt/$part" ] || cp -a "/etc/apt/$part" "$root/etc/apt/"
done
find "$root"/etc/apt/sources.list* -type f -exec sed -i "s/$VERSION_CODENAME/${release}/g" {} +
rm -f "$root"/var/cache/apt/archives/*.deb
tar -C "$root" -c . | docker import -c 'CMD ["/sbin/init"]' -c 'ENV container=docker' - ${image}
`;
  await succeed(["sh", "-eu"], script);
}

async function succeed(argv: string[], stdin?: string): Promise<Result> {
  const result = await run(argv, { stdin });
  assert.equal(result.code, 0, `${argv.join(" ")}\n${result.stdout}${result.stderr}`);
  return result;
}
