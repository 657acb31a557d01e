import type { ProvisionedEngine } from "./facts.ts";
import { allPackages } from "./packages.ts";

/** The script that looks at a host and prints its facts, and changes nothing. */
export function probeScript(engine: ProvisionedEngine): string {
  return `main() {
  PATH=$PATH:/usr/sbin:/sbin
  user=$(id -un)
  fact id "$(. /etc/os-release 2>/dev/null && printf %s "\${ID-}")"
  fact version "$(. /etc/os-release 2>/dev/null && printf %s "\${VERSION_ID-}")"
  ask systemd test -d /run/systemd/system
  fact uid "$(id -u)"
  if [ "$(id -u)" = 0 ]; then fact root root
  elif sudo -n true; then fact root sudo
  else fact root none
  fi
  fact packages "$(installed ${allPackages(engine).join(" ")})"
${parts[engine]}
}
fact() { printf 'kerek:%s=%s\\n' "$1" "$2"; }
ask() { # ask NAME COMMAND...
  name=$1
  shift
  if "$@" >/dev/null; then fact "$name" yes; else fact "$name" no; fi
}
installed() {
  for package; do
    [ "$(dpkg-query -W -f '\${db:Status-Status}' "$package")" != installed ] ||
      printf '%s ' "$package"
  done
}
is_docker_up() {
  systemctl is-active docker.service && systemctl is-enabled docker.service ||
    systemctl is-active snap.docker.dockerd.service
}
is_docker_there() { command -v dockerd || systemctl cat snap.docker.dockerd.service; }
has_swarm() { # The folder is root's.
  if [ "$(id -u)" = 0 ]; then test -e "$1"; else sudo -n test -e "$1"; fi
}
is_member() { id -nG "$user" | tr ' ' '\\n' | grep -qx docker; }
has_subids() { grep -q "^$user:" /etc/subuid && grep -q "^$user:" /etc/subgid; }
is_user_unit_up() { systemctl --user is-active "$1" && systemctl --user is-enabled "$1"; }
main </dev/null 2>/dev/null
`;
}

const parts: Record<ProvisionedEngine, string> = {
  docker: `  ask present is_docker_there
  ask configured test -e /etc/docker/daemon.json -o -L /etc/docker/daemon.json
  ask running is_docker_up
  ask member is_member
  ask swarm has_swarm /var/lib/docker/swarm/docker-state.json
  for name in linger subids socket restart; do fact $name no; done`,
  podman: `  export XDG_RUNTIME_DIR="/run/user/$(id -u)"
  config=\${XDG_CONFIG_HOME:-$HOME/.config}/containers/containers.conf
  ask present command -v podman
  ask configured test -e "$config" -o -L "$config"
  ask linger test -e "/var/lib/systemd/linger/$user"
  ask subids has_subids
  ask socket is_user_unit_up podman.socket
  ask restart systemctl --user is-enabled podman-restart.service
  for name in running member swarm; do fact $name no; done`,
};
