/**
 * What one empty hook module costs: deploys of one replica, with and without it in turn, so that
 * what else the machine does meets both.
 *
 *     deno run -A bench/hooks.ts [--rounds 15]
 *
 * The module has one function, `beforeDeploy`, that does nothing. KEREK_COMMAND is the kerek to
 * measure; default: this checkout's, run by deno. Exit code 1: it costs more than 150 ms.
 */
import { parseArgs } from "node:util";

const root = new URL("..", import.meta.url).pathname;
const kerek = Deno.env.get("KEREK_COMMAND")?.split(" ") ?? ["deno", "run", "-A", `${root}cli.ts`];
const mostMs = 150;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });

const project = `kerek-bench-${crypto.randomUUID().slice(0, 8)}`;
const folder = await Deno.makeTempDir({ prefix: `${project}-` });
const differences: number[] = [];
const without: number[] = [];
try {
  await Deno.writeTextFile(`${folder}/compose.yaml`, composeFile());
  await Deno.writeTextFile(`${folder}/empty.ts`, emptyHooks());
  await deploy([]);
  for (let round = 0; round < Number(values.rounds); round++) {
    // Whoever comes first finds other things warm.
    const order = round % 2 === 0 ? [[], ["--hook", "empty.ts"]] : [["--hook", "empty.ts"], []];
    const ms = new Map<number, number>();
    for (const args of order) ms.set(args.length, await deploy(args));
    differences.push(ms.get(2)! - ms.get(0)!);
    without.push(ms.get(0)!);
  }
} finally {
  await output(["docker", "compose", "down", "--timeout", "0"]);
  await Deno.remove(folder, { recursive: true });
}

const cost = median(differences);
const spread = differences.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0)).join(" ");
console.log(`A deploy takes ${median(without).toFixed(0)} ms (median of ${without.length})`);
console.log(`An empty hook module adds ${cost.toFixed(0)} ms (median of pairs: ${spread})`);
if (cost > mostMs) {
  console.log(`It should add no more than ${mostMs} ms.`);
  Deno.exit(1);
}

async function deploy(args: string[]): Promise<number> {
  const start = performance.now();
  await output([...kerek, "deploy", "--force-recreate", ...args]);
  return performance.now() - start;
}

async function output([program, ...args]: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    env: { COMPOSE_PROJECT_NAME: project },
    stdout: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${text.decode(stderr)}`);
}

/** Without a healthcheck, whose rounds would be most of what is measured. */
function composeFile(): string {
  const service = {
    image: "kerek-test/busybox:1",
    command: ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"],
    network_mode: "none",
    deploy: { update_config: { order: "start-first", monitor: "100ms" } },
  };
  return JSON.stringify({ services: { app: service } });
}

function emptyHooks(): string {
  return `import { defineHooks } from "kerek";\nexport default defineHooks({ beforeDeploy() {} });\n`;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
