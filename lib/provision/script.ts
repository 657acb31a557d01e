import type { ProvisionedEngine } from "./facts.ts";
import { describeStep, type Step } from "./plan.ts";

/**
 * The POSIX script that carries the steps out and looks at the result. All words in it are
 * kerek's own: the user's name and the like are asked for where it runs. The shell has read all of
 * it before anything begins.
 */
export function provisionScript(engine: ProvisionedEngine, steps: readonly Step[]): string {
  const body = steps.flatMap((step) => [`say ${quoted(describeStep(step))}`, ...commands(step)]);
  return `main() {
  set -eu
  umask 022
  PATH=$PATH:/usr/sbin:/sbin
  export XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
  user=$(id -un)
${indent([...body, ...verification[engine]])}
}
${helpers}main </dev/null
`;
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

function commands(step: Step): string[] {
  switch (step.type) {
    case "configure-docker":
      return [
        "as_root mkdir -p /etc/docker",
        "as_root sh -c 'set -C; cat >/etc/docker/daemon.json' <<'END'",
        ...daemonConfig(step.liveRestore),
        "END",
      ];
    case "install":
      return ["apt update", `apt install --no-install-recommends --no-remove ${names(step)}`];
    case "start-docker":
      return ["as_root systemctl enable --now docker.service"];
    case "join-docker":
      return ['as_root usermod -aG docker "$user"'];
    case "add-subids":
      return [
        "start=$(awk -F: '{ if ($2 + $3 > n) n = $2 + $3 } END { print n < 100000 ? 100000 : n }' " +
        "/etc/subuid /etc/subgid)",
        'range="$start-$((start + 65535))"',
        'as_root usermod --add-subuids "$range" --add-subgids "$range" "$user"',
      ];
    case "linger":
      return ['as_root loginctl enable-linger "$user"'];
    case "limit-logs":
      return [
        "config=${XDG_CONFIG_HOME:-$HOME/.config}/containers",
        'mkdir -p "$config"',
        `(set -C; printf '[containers]\\nlog_size_max = 31457280\\n' >"$config/containers.conf")`,
      ];
    case "open-socket":
      return [
        "within 20 systemctl --user daemon-reload",
        "systemctl --user enable --now podman.socket",
      ];
    case "restart-at-boot":
      return [
        "within 20 systemctl --user daemon-reload",
        "systemctl --user enable podman-restart.service",
      ];
    default:
      return step satisfies never;
  }
}

const names = (step: { packages: string[] }): string => step.packages.join(" ");

function daemonConfig(liveRestore: boolean): string[] {
  const config = {
    ...liveRestore ? { "live-restore": true } : {},
    "log-driver": "json-file",
    "log-opts": { "max-file": "3", "max-size": "10m" },
  };
  return JSON.stringify(config, null, 2).split("\n");
}

/** Here-documents stay as they are. */
function indent(lines: string[]): string {
  let isDocument = false;
  return lines.map((line) => {
    const isText = isDocument;
    isDocument = line.endsWith("<<'END'") || isDocument && line !== "END";
    return isText ? line : `  ${line}`;
  }).join("\n");
}

const verification: Record<ProvisionedEngine, string[]> = {
  docker: [
    "say 'see that Docker answers'",
    "within 30 as_root docker -H unix:///var/run/docker.sock version",
    "report version \"$(as_root docker -H unix:///var/run/docker.sock version -f '{{.Server.Version}}')\"",
    "report socket /var/run/docker.sock",
  ],
  podman: [
    "say 'see that Podman answers'",
    "socket=$XDG_RUNTIME_DIR/podman/podman.sock",
    'within 30 podman --url "unix://$socket" info',
    'report version "$(podman --url "unix://$socket" version -f \'{{.Server.Version}}\')"',
    'report socket "$socket"',
  ],
};

const helpers = `say() { printf '%s\\n' "$1" >&2; }
report() { printf 'kerek:%s=%s\\n' "$1" "$2"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
apt() {
  log=$(mktemp)
  if ! as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -qq -y \\
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \\
    "$@" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    say "apt-get $1 failed"
    exit 1
  fi
  rm -f "$log"
}
within() { # within SECONDS COMMAND...: until it does well
  tries=$1
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ $tries -le 0 ]; then
      "$@" >&2 || true
      say "no answer: $*"
      exit 1
    fi
    sleep 1
  done
}
`;
