/**
 * An update of 3 replicas at an engine by SSH, side by side: kerek with its one connection, and the
 * same kerek where each call makes a connection of its own, as docker does. See bench/README.md.
 *
 *     deno run -A bench/remote.ts [--rounds 3] [--replicas 3]
 *
 * The SSH server is on this machine, so that no round trip takes any time.
 */
import { parseArgs } from "node:util";
import { sshName, startSshd, whyNoSshd } from "../tests/e2e/harness/local_sshd.ts";
import { Project } from "../tests/e2e/harness/project.ts";
import { run } from "../tests/e2e/harness/run.ts";
import { service } from "../tests/e2e/harness/service.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    replicas: { type: "string", default: "3" },
  },
});
const rounds = Number(values.rounds);
const replicas = Number(values.replicas);

const reason = await whyNoSshd();
if (reason) throw new Error(`Cannot measure: ${reason}`);

const cli = new URL("../cli.ts", import.meta.url).pathname;
const deno = (...permissions: string[]) => ["deno", "run", "--quiet", ...permissions, cli];

/** Where Deno may not run ssh, kerek opens no connection of its own. */
const ways: [name: string, command: string[]][] = [
  ["one connection", deno("--allow-all")],
  ["one a call", deno("--allow-run=docker", "--allow-read", "--allow-env", "--allow-sys")],
];

const sshd = await startSshd("MaxStartups 100\n");
const project = await Project.make("kerek-bench");
try {
  await project.define({ services: { web: service({ replicas }) } });
  const seconds = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  const connections = new Map<string, number>();
  await deploy(ways[0][1], "0");
  for (let round = 1; round <= rounds; round++) {
    for (const [name, command] of ways) {
      const before = sshd.connections();
      const start = performance.now();
      await deploy(command, `${name} ${round}`);
      seconds.get(name)!.push((performance.now() - start) / 1000);
      connections.set(name, sshd.connections() - before);
    }
  }
  report(seconds, connections);
} finally {
  await project.remove();
  await sshd.remove();
}

async function deploy(command: string[], version: string): Promise<void> {
  const { code, stderr } = await run([...command, "--host", `ssh://${sshName}`, "deploy"], {
    cwd: project.folder,
    longestMs: 600_000,
    env: { ...sshd.env, COMPOSE_PROJECT_NAME: project.name, VERSION: version },
  });
  if (code !== 0) throw new Error(stderr);
}

function report(seconds: Map<string, number[]>, connections: Map<string, number>): void {
  console.log(`Update of ${replicas} replicas by SSH, median of ${rounds}`);
  const whole = median(seconds.get(ways[1][0])!);
  for (const [name] of ways) {
    const own = median(seconds.get(name)!);
    console.log(
      `  ${own.toFixed(1).padStart(5)} s  ${(own / whole).toFixed(2)}  ` +
        `${String(connections.get(name)).padStart(3)} connections  ${name}`,
    );
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
