/**
 * The whole way of a release to a host that has nothing yet: an engine, a tunnel, images without a
 * registry, a deploy, an answer; and each of them again, which changes nothing. See docs/hosts.md.
 */
import assert from "node:assert/strict";
import { docker, kerekCommand, type Model, Project } from "../harness/project.ts";
import { run } from "../harness/run.ts";
import { busybox } from "../harness/scenario.ts";
import {
  hostName,
  type Release,
  startSystemdHost,
  type SystemdHost,
  whyNoSystemdHost,
} from "../harness/systemd_host.ts";

/** Packages are got from afar. */
const longestMs = 600_000;

const releases: Release[] = ["bookworm", "trixie"];

for (const release of releases) {
  const reason = await whyNoSystemdHost(release);
  for (const engine of ["docker", "podman"] as const) {
    const missing = reason ?? await whyNoClient(engine);
    const name = `a release is delivered to a fresh ${release} with ${engine}`;
    Deno.test({
      name: missing ? `${name} (left out: ${missing})` : name,
      ignore: missing !== undefined,
      fn: (t) => withHost(release, (host, project) => deliver(t, engine, host, project)),
    });
  }
}

async function whyNoClient(engine: string): Promise<string | undefined> {
  const { code } = await run(["sh", "-c", `command -v ${engine}`]);
  return code === 0 ? undefined : `no ${engine} here`;
}

async function withHost(
  release: Release,
  act: (host: SystemdHost, project: Project) => Promise<void>,
): Promise<void> {
  const host = await startSystemdHost(release);
  const project = await Project.make();
  try {
    await act(host, project);
  } finally {
    await run([...kerekCommand(), "tunnel-ssh", "--stop", hostName], { cwd: project.folder });
    await project.remove();
    await host.remove();
  }
}

/** An image of its own, so that it cannot be there already. */
const model = (image: string): Model => ({
  services: {
    web: {
      image,
      command: [
        "sh",
        "-c",
        "mkdir -p /www && echo $$VERSION >/www/index.html && " +
        "exec busybox httpd -f -p 80 -h /www",
      ],
      environment: { VERSION: "${VERSION:-A}" },
      healthcheck: {
        test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1"],
        interval: "1s",
        timeout: "5s",
        retries: 10,
      },
      stop_grace_period: "1s",
      ports: ["8080:80"],
    },
  },
});

async function deliver(
  t: Deno.TestContext,
  engine: "docker" | "podman",
  host: SystemdHost,
  project: Project,
): Promise<void> {
  const image = `${project.name}/web:1`;
  project.images.push(image);
  await docker(["tag", busybox, image]);
  await project.define(model(image));
  const { stdout: images } = await project.compose(["config", "--images"]);
  const env = { CONTAINER_ENGINE: engine };
  // The images come from Docker here, whose client can speak to Podman's socket, too.
  const kerek = (args: string[], stdin?: string) =>
    project.kerek(args, { env: stdin === undefined ? env : {}, stdin, longestMs });
  const socket = `unix://${project.folder}/kerek.sock`;
  const deploy = "deploy --no-build --pull never --remove-orphans --wait".split(" ");

  const steps: [name: string, args: string[], stdin: string | undefined, again: RegExp][] = [
    ["provision", ["provision", "-F", host.sshConfig, "--force", hostName], undefined, /^Nothing/],
    ["tunnel-ssh", ["tunnel-ssh", "-F", host.sshConfig, hostName], undefined, /answers already/],
    ["transfer-images", ["--host", socket, "transfer-images", "-"], images, /^Leaving [^]*Nothing/],
    ["deploy", ["--host", socket, ...deploy], undefined, /^Nothing to do/m],
  ];
  for (const [name, args, stdin] of steps) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await kerek(args, stdin);
      assert.equal(code, 0, stdout + stderr);
    });
  }
  const answer = async () => (await (await fetch(`http://${host.address}:8080/`)).text()).trim();
  assert.equal(await answer(), "A");

  const before = await state(host);
  for (const [name, args, stdin, says] of steps) {
    await t.step(`${name} again changes nothing`, async () => {
      const { code, stderr } = await kerek(args, stdin);
      assert.match(stderr, says);
      assert.equal(code, 0, stderr);
      assert.equal(await state(host), before);
    });
  }
  await t.step("another version replaces it", async () => {
    const { code, stderr } = await project.kerek(["--host", socket, ...deploy], {
      env: { ...env, VERSION: "B" },
    });
    assert.equal(code, 0, stderr);
    assert.equal(await answer(), "B");
  });
}

/** What a run could have changed: packages, settings and when they were written, containers. */
const state = (host: SystemdHost) =>
  host.shell(`dpkg-query -W
find /etc /home/*/.config -type f -printf '%p %T@\\n' -o -type l -printf '%p %l\\n' | sort
if command -v dockerd >/dev/null; then docker ps -a --no-trunc --format '{{.ID}}'; docker images -q
else su - deploy -c 'podman ps -a -q --no-trunc; podman images -q'; fi
`);
