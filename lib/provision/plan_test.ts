import assert from "node:assert/strict";
import { decodeFacts, type Facts } from "./facts.ts";
import { describeStep, planProvision } from "./plan.ts";
import { provisionScript } from "./script.ts";

const bare: Facts = {
  id: "debian",
  version: "12",
  systemd: true,
  uid: 1000,
  root: "sudo",
  packages: ["ca-certificates"],
  present: false,
  configured: false,
  running: false,
  member: false,
  swarm: false,
  linger: false,
  subids: true,
  socket: false,
  restart: false,
};

const withPodman: Facts = {
  ...bare,
  packages:
    "podman catatonit dbus-user-session uidmap iptables aardvark-dns fuse-overlayfs netavark slirp4netns"
      .split(" "),
  present: true,
  configured: true,
  linger: true,
  socket: true,
  restart: true,
};

const withDocker: Facts = { ...bare, present: true, running: true, member: true };

Deno.test("a host gets what it lacks, and no more", () => {
  const cases: [facts: Partial<Facts>, engine: "docker" | "podman", steps: string][] = [
    [bare, "docker", "configure-docker install start-docker join-docker"],
    [{ ...bare, uid: 0, root: "root" }, "docker", "configure-docker install start-docker"],
    [{ ...bare, configured: true }, "docker", "install start-docker join-docker"],
    // Docker of another origin, with settings of its own.
    [withDocker, "docker", ""],
    [{ ...withDocker, root: "none" }, "docker", ""],
    [{ ...withDocker, running: false }, "docker", "start-docker"],
    [bare, "podman", "install limit-logs linger open-socket restart-at-boot"],
    [{ ...bare, version: "13" }, "podman", "install limit-logs linger open-socket restart-at-boot"],
    [withPodman, "podman", ""],
    [{ ...withPodman, subids: false, linger: false }, "podman", "add-subids linger"],
  ];
  for (const [facts, engine, steps] of cases) {
    const plan = planProvision({ ...bare, ...facts }, engine);
    assert.equal(plan.map(({ type }) => type).join(" "), steps, JSON.stringify(facts));
  }
});

Deno.test("a host that cannot be provisioned is refused", () => {
  const cases: [facts: Partial<Facts>, engine: "docker" | "podman", message: RegExp][] = [
    [{ id: "fedora", version: "41" }, "docker", /: fedora 41 is not supported$/],
    [{ version: "11" }, "docker", /: debian 11 is not supported$/],
    [{ version: "" }, "docker", /: debian is not supported$/],
    [{ systemd: false }, "docker", /: systemd does not run there$/],
    [{ root: "none" }, "docker", /: the user there is not root/],
    [{ uid: 0, root: "root" }, "podman", /: the user there is root$/],
  ];
  for (const [facts, engine, message] of cases) {
    assert.throws(() => planProvision({ ...bare, ...facts }, engine), { message });
  }
});

Deno.test("what is supported has its packages", () => {
  const cases: [facts: Partial<Facts>, packages: string][] = [
    [{}, "docker.io iptables apparmor"],
    [{ version: "13" }, "docker.io iptables apparmor docker-cli"],
    [{ id: "ubuntu", version: "22.04" }, "docker.io iptables apparmor"],
    [
      { id: "ubuntu", version: "24.04", packages: [] },
      "docker.io iptables apparmor ca-certificates",
    ],
  ];
  for (const [facts, packages] of cases) {
    const steps = planProvision({ ...bare, ...facts }, "docker");
    assert.ok(steps.map(describeStep).includes(`install ${packages}`), packages);
  }
});

Deno.test("live-restore is left out where there is a swarm", () => {
  const script = (swarm: boolean) =>
    provisionScript("docker", planProvision({ ...bare, swarm }, "docker"));
  assert.match(script(false), /<<'END'\n\{\n {2}"live-restore": true,\n(.*\n)*\}\nEND\n/);
  assert.doesNotMatch(script(true), /live-restore/);
  assert.match(script(true), /"max-size": "10m"/);
});

Deno.test("settings come before the first start, and none replaces a file", () => {
  const script = provisionScript("docker", planProvision(bare, "docker"));
  assert.ok(script.indexOf("set -C; cat >/etc/docker/daemon.json") < script.indexOf("apt install"));
  const podman = provisionScript("podman", planProvision(bare, "podman"));
  assert.match(podman, /\(set -C; printf .* >"\$config\/containers\.conf"\)/);
});

Deno.test("a script says each step in a word of its own", () => {
  for (const engine of ["docker", "podman"] as const) {
    const steps = planProvision({ ...bare, subids: false }, engine);
    const script = provisionScript(engine, steps);
    for (const step of steps) {
      const word = describeStep(step).replaceAll("'", `'\\''`);
      assert.ok(script.includes(`\n  say '${word}'\n`), word);
    }
    // Nothing runs before all of it has arrived.
    assert.match(script, /^main\(\) \{\n(.*\n)*main <\/dev\/null\n$/);
  }
});

Deno.test("facts are read among whatever login scripts print", () => {
  const lines = Object.entries({ ...bare, packages: " podman  uidmap " }).map(([name, value]) =>
    `kerek:${name}=${value === true ? "yes" : value === false ? "no" : value}\n`
  );
  const facts = decodeFacts(`Welcome\n${lines.join("noise\n")}`);
  assert.deepEqual(facts, { ...bare, packages: ["podman", "uidmap"] });
  assert.throws(() => decodeFacts("kerek:id=debian\n"), /^KerekError: Cannot read what the host/);
});
