import assert from "node:assert/strict";
import { kerekCommand } from "./harness/project.ts";
import { run } from "./harness/run.ts";
import {
  hostName,
  startSystemdHost,
  type SystemdHost,
  whyNoSystemdHost,
} from "./harness/systemd_host.ts";

const reason = await whyNoSystemdHost();

function onFreshHost(name: string, act: (host: SystemdHost) => Promise<void>): void {
  Deno.test({
    name: reason ? `${name} (left out: ${reason})` : name,
    ignore: reason !== undefined,
    fn: async () => {
      const host = await startSystemdHost();
      try {
        await act(host);
      } finally {
        await host.remove();
      }
    },
  });
}

const provision = ({ sshConfig }: SystemdHost, ...args: string[]) =>
  run([...kerekCommand(), "provision", "-F", sshConfig, ...args, hostName], {
    longestMs: 600_000,
  });

/** What a run could have changed: packages, settings and when they were written, processes. */
const state = (host: SystemdHost) =>
  host.shell(`dpkg-query -W
find /etc /home /var/lib/systemd/linger -type f -printf '%p %T@\\n' -o -type l -printf '%p %l\\n' | sort
pgrep -x dockerd || true
`);

for (const engine of ["docker", "podman"]) {
  onFreshHost(`${engine} comes to a fresh host, and a second run changes nothing`, async (host) => {
    const select = ["--container-engine", engine];
    const before = await state(host);

    const unasked = await provision(host, ...select);
    assert.equal(unasked.code, 3, unasked.stderr);
    assert.match(unasked.stderr, /^ {2}- install /m);
    const dry = await provision(host, ...select, "--dry-run");
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^main\(\) \{\n/);
    assert.equal(await state(host), before);

    const first = await provision(host, ...select, "--force");
    assert.equal(first.code, 0, first.stderr);
    const socket = engine === "docker"
      ? "/var/run/docker.sock"
      : "/run/user/1000/podman/podman.sock";
    assert.match(first.stdout, new RegExp(`^Engine: +${engine} [\\d.]+.*\nSocket: +${socket}\n`));
    await host.shell(
      engine === "docker"
        ? `su - deploy -c 'docker version'; docker info | grep -i 'live restore.*true'`
        : "test -e /var/lib/systemd/linger/deploy; " +
          `su - deploy -c 'podman --url unix://${socket} ps'`,
    );

    const after = await state(host);
    assert.notEqual(after, before);
    const second = await provision(host, ...select, "--force");
    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stderr, /^Nothing to do: /);
    assert.equal(second.stdout, first.stdout);
    assert.equal(await state(host), after);
  });
}

onFreshHost("settings that are there stay, and unknown systems are refused", async (host) => {
  await host.shell(`mkdir -p /etc/docker; echo '{ "log-level": "warn" }' >/etc/docker/daemon.json
cp /etc/os-release /root/; printf 'ID=arch\\n' >/etc/os-release`);
  const before = await state(host);
  const refused = await provision(host, "--force");
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /^Cannot provision: arch is not supported\nhint: Supported are /);
  assert.equal(await state(host), before);

  await host.shell("cp /root/os-release /etc/os-release");
  const { code, stderr } = await provision(host, "--force");
  assert.equal(code, 0, stderr);
  assert.equal(await host.shell("cat /etc/docker/daemon.json"), '{ "log-level": "warn" }\n');
});

/** As Ubuntu has them, of which no host can be made here. */
const osRelease = (version: string, name: string) =>
  `PRETTY_NAME="Ubuntu ${version}.1 LTS"
NAME="Ubuntu"
VERSION_ID="${version}"
VERSION="${version}.1 LTS (${name})"
VERSION_CODENAME=${name.split(" ")[0].toLowerCase()}
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
`;

onFreshHost("what says that it is an Ubuntu would get Ubuntu's packages", async (host) => {
  const cases: [version: string, name: string, docker: string, podman: string][] = [
    ["22.04", "Jammy Jellyfish", "docker.io", "golang-github-containernetworking-plugin-dnsname"],
    ["24.04", "Noble Numbat", "docker.io", "netavark"],
  ];
  for (const [version, name, ...packages] of cases) {
    await host.shell(`cat >/etc/os-release <<'END'\n${osRelease(version, name)}END\n`);
    for (const [i, engine] of ["docker", "podman"].entries()) {
      const dry = await provision(host, "--container-engine", engine, "--dry-run");
      assert.equal(dry.code, 0, dry.stderr);
      assert.match(dry.stdout, new RegExp(`^ +say 'install .*\\b${packages[i]}\\b`, "m"));
      const checked = await run(["sh", "-n"], { stdin: dry.stdout });
      assert.equal(checked.code, 0, checked.stderr);
    }
  }
  await host.shell(`cat >/etc/os-release <<'END'\n${osRelease("20.04", "Focal Fossa")}END\n`);
  const refused = await provision(host, "--force");
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /^Cannot provision: ubuntu 20\.04 is not supported\n/);
});
