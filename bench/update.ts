/**
 * Updates of 1, 3 and 10 replicas under load, side by side in one run: kerek, plain Compose, and
 * the commands of the tool that kerek goes back to (one `up --scale` a replica with `--wait`, then
 * stop and rm); and an update of nothing. See bench/README.md.
 *
 *     deno run -A bench/update.ts [--replicas 1,3,10] [--rounds 3] [--rate 60] [--ready-after 200]
 *       [--kinds get-new,get-keepalive,get-slow]
 *
 * `--only TEXT` leaves out what has another name, save for the reference.
 * KEREK_COMMAND is the kerek to measure; default: this checkout's, run by deno.
 */
import { parseArgs } from "node:util";
import { type Kind, startLoad } from "../tests/e2e/load.ts";

const root = new URL("..", import.meta.url).pathname;
const kerek = Deno.env.get("KEREK_COMMAND")?.split(" ") ?? ["deno", "run", "-A", `${root}cli.ts`];
const project = "kerek-bench";
const port = 18080;

/** One way to get from version A to version B. */
interface Contestant {
  name: string;
  update(replicas: number, env: Record<string, string>): Promise<void>;
}

const reference = "up --scale --wait, stop, rm";
const files = ["-f", "compose.yaml", "-f", "active.yaml"];

const healthcheck = ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/health"];

const contestants: Contestant[] = [
  { name: "kerek deploy", update: (_, env) => run([...kerek, "deploy", "--wait"], env) },
  {
    name: "kerek deploy, active healthcheck gate",
    update: (_, env) => run([...kerek, "deploy", ...files, "--wait"], env),
  },
  { name: reference, update: oneByOne },
  {
    name: "kerek deploy, parallelism 0",
    update: (_, env) => run([...kerek, "deploy", "--update-parallelism", "0", "--wait"], env),
  },
  { name: "up --scale 2N --wait, stop N, rm N", update: allAtOnce },
  { name: "by hand, as kerek does it", update: byHand(becomesHealthy) },
  { name: "by hand, the healthcheck run by docker exec", update: byHand(passesByExec) },
  {
    name: "compose up -d --wait",
    update: (_, env) => run("docker compose up --detach --wait".split(" "), env),
  },
];

/** One more replica, then one less, again and again. */
async function oneByOne(replicas: number, env: Record<string, string>) {
  for (const old of await running(env)) {
    await scale(replicas + 1, env);
    await run(["docker", "stop", old], env);
    await run(["docker", "rm", old], env);
  }
}

/**
 * What kerek does, without anything that it does it with: no reading, planning, lock or history, and
 * containers known by heart. An old one goes while the next new one starts.
 */
function byHand(watch: (id: string) => () => Promise<void>): Contestant["update"] {
  return async (replicas, env) => {
    const olds = await running(env);
    const options = `--no-start --no-deps --no-recreate --scale app=${2 * replicas}`.split(" ");
    await run(["docker", "compose", "up", ...options, "app"], env);
    const created = ["--all", "--quiet", "--status", "created", "app"];
    const news = lines(await output(["docker", "compose", "ps", ...created], env));
    let going = Promise.resolve();
    for (const [i, fresh] of news.entries()) {
      const ready = watch(fresh);
      await run(["docker", "start", fresh], env);
      await ready();
      await going;
      going = run(["docker", "stop", olds[i]], env).then(() => run(["docker", "rm", olds[i]], env));
    }
    await going;
  };
}

/** Waits until the container's own healthcheck succeeds, tried again and again. */
function passesByExec(id: string): () => Promise<void> {
  const check = healthcheck.slice(1);
  const passes = () => run(["docker", "exec", id, ...check], {}).then(() => true, () => false);
  return async () => {
    while (!await passes()) await sleep(50);
  };
}

/** Listens until the engine says that a container is healthy. */
function becomesHealthy(id: string): () => Promise<void> {
  const filters = ["--filter", `container=${id}`, "--filter", "event=health_status"];
  const events = new Deno.Command("docker", {
    args: ["events", ...filters],
    stdout: "piped",
  }).spawn();
  return async () => {
    let said = "";
    for await (const text of events.stdout.pipeThrough(new TextDecoderStream())) {
      if ((said += text).includes("health_status: healthy")) break;
    }
    events.kill();
    await events.status;
  };
}

/** As many again, then the old ones go, as docker-rollout does it. */
async function allAtOnce(replicas: number, env: Record<string, string>) {
  const olds = await running(env);
  await scale(2 * replicas, env);
  await run(["docker", "stop", ...olds], env);
  await run(["docker", "rm", ...olds], env);
}

async function running(env: Record<string, string>): Promise<string[]> {
  return lines(await output(["docker", "compose", "ps", "--quiet", "app"], env));
}

async function scale(count: number, env: Record<string, string>): Promise<void> {
  const options = `--detach --no-deps --no-recreate --wait --scale app=${count}`.split(" ");
  await run(["docker", "compose", "up", ...options, "app"], env);
}

const { values } = parseArgs({
  options: {
    replicas: { type: "string", default: "1,3,10" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string", default: "60" },
    "ready-after": { type: "string", default: "200" },
    only: { type: "string", default: "" },
    kinds: { type: "string", default: "get-new,get-keepalive,get-slow" },
  },
});

const folder = await Deno.makeTempDir({ prefix: "kerek-bench-" });
try {
  await Deno.writeTextFile(`${folder}/compose.yaml`, composeFile());
  await Deno.writeTextFile(`${folder}/active.yaml`, activeGate());
  await Deno.writeTextFile(`${folder}/Caddyfile`, caddyfile());
  for (const replicas of values.replicas!.split(",").map(Number)) {
    await benchUpdates(replicas, Number(values.rounds), Number(values.rate));
  }
  await benchNothing();
} finally {
  await down();
  await Deno.remove(folder, { recursive: true });
}

async function benchUpdates(replicas: number, rounds: number, rate: number) {
  const seconds = new Map<string, number[]>();
  const failures = new Map<string, string[]>();
  const stalls = new Map<string, number[]>();
  const limits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    limits.push(replicas * await startAndReadySeconds(replicas, rate));
    for (const { name, update } of chosen()) {
      await down();
      await run("docker compose up --detach --wait".split(" "), env(replicas, "A"));
      const load = beginLoad(rate);
      await sleep(500);
      const start = performance.now();
      await update(replicas, env(replicas, "B"));
      push(seconds, name, (performance.now() - start) / 1000);
      await sleep(500);
      const { total } = await load.stop();
      push(failures, name, `${total.failed}/${total.sent}`);
      push(stalls, name, total.maxMs / 1000);
      await assertVersion("B", name);
    }
  }
  report(replicas, rounds, { seconds, failures, stalls }, median(limits));
}

/** The reference is always among them. */
function chosen(): Contestant[] {
  return contestants.filter(({ name }) =>
    name === reference || values.only!.split(",").some((text) => name.includes(text))
  );
}

interface Results {
  seconds: Map<string, number[]>;
  failures: Map<string, string[]>;
  /** The longest that an answered request took, in seconds. */
  stalls: Map<string, number[]>;
}

function report(
  replicas: number,
  rounds: number,
  { seconds, failures, stalls }: Results,
  limit: number,
) {
  const scaled = median(seconds.get(reference)!);
  console.log(`\n${replicas} replicas (median of ${rounds})`);
  console.log("  seconds  of --scale  of limit  slowest answer  failed requests  what");
  console.log(
    `  ${cell(limit, 7)} ${cell(limit / scaled, 11)}      1.00  limit: start and ready`,
  );
  for (const { name } of chosen()) {
    const s = median(seconds.get(name)!);
    console.log(
      `  ${cell(s, 7)} ${cell(s / scaled, 11)} ${cell(s / limit, 9)} ${
        cell(Math.max(...stalls.get(name)!), 13)
      } s  ${failures.get(name)!.join(" ").padEnd(16)} ${name}`,
    );
  }
}

function beginLoad(rate: number) {
  const kinds = values.kinds!.split(",") as Kind[];
  return startLoad({ url: `http://127.0.0.1:${port}`, rate, kinds });
}

/**
 * The least that one replica costs: the engine's own start, and the application's, beside others that
 * are under the same load.
 */
async function startAndReadySeconds(replicas: number, rate: number): Promise<number> {
  await down();
  await run("docker compose up --detach --wait".split(" "), env(replicas, "A"));
  await run("docker compose up --no-start --no-recreate".split(" "), env(replicas + 1, "A"));
  const states = ["--all", "--quiet", "--status", "created", "app"];
  const [id] = lines(await output(["docker", "compose", "ps", ...states], env(1, "A")));
  const load = beginLoad(rate);
  await sleep(500);
  try {
    return await secondsToReady(id);
  } finally {
    await load.stop();
  }
}

async function secondsToReady(id: string): Promise<number> {
  const start = performance.now();
  await run(["docker", "start", id], {});
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const address = (await output(["docker", "inspect", "--format", format, id], {})).trim();
  while (true) {
    try {
      await (await fetch(`http://${address}:8080/`)).body?.cancel();
      return (performance.now() - start) / 1000;
    } catch {
      await sleep(20);
    }
  }
}

async function benchNothing() {
  await down();
  await run("docker compose up --detach --wait".split(" "), env(3, "A"));
  const times = new Map<string, number[]>();
  for (let round = 0; round < 15; round++) {
    for (
      const [name, argv] of [
        ["kerek deploy", [...kerek, "deploy"]],
        ["compose up -d", "docker compose up --detach".split(" ")],
      ] as const
    ) {
      const start = performance.now();
      await run([...argv], env(3, "A"));
      push(times, name, performance.now() - start);
    }
  }
  const [own, compose] = [median(times.get("kerek deploy")!), median(times.get("compose up -d")!)];
  console.log("\nNothing to do (median of 15)");
  console.log(`  ${own.toFixed(0)} ms  kerek deploy, ${(own / compose).toFixed(2)} × compose`);
  console.log(`  ${compose.toFixed(0)} ms  compose up -d`);
}

async function assertVersion(version: string, name: string) {
  const answer = await (await fetch(`http://127.0.0.1:${port}`)).text();
  if (!answer.startsWith(version)) throw new Error(`${name} left ${answer} in place`);
}

function env(replicas: number, version: string): Record<string, string> {
  return { REPLICAS: String(replicas), VERSION: version };
}

function composeFile(): string {
  return `name: ${project}
services:
  app:
    image: kerek-demo/deno:1
    command: [deno, run, -A, /srv/server.ts]
    environment:
      VERSION: \${VERSION}
      READY_AFTER_MS: "${values["ready-after"]}"
      SHUTDOWN: graceful
    volumes: ["${root}tests/e2e/app/server.ts:/srv/server.ts:ro"]
    healthcheck:
      test: ${JSON.stringify(healthcheck)}
      interval: 1s
      timeout: 3s
      retries: 10
    deploy:
      replicas: \${REPLICAS}
      update_config: { order: start-first }
  proxy:
    image: kerek-demo/caddy:1
    command: [caddy, run, --config, /etc/caddy/Caddyfile]
    volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro"]
    ports: ["127.0.0.1:${port}:80"]
`;
}

function activeGate(): string {
  return "services: { app: { x-kerek: { gates: [{ healthcheck: active }] } } }\n";
}

function caddyfile(): string {
  const text = Deno.readTextFileSync(`${root}examples/zero_downtime_deployment/Caddyfile`);
  return text.replace("greet:80", "app:8080");
}

async function down() {
  await run("docker compose down --timeout 1 --volumes".split(" "), env(1, "A"));
  // What kerek's history has.
  const list = ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"];
  const images = lines(await output([...list, `kerek-*:${project}.*`], {}));
  if (images.length > 0) await run(["docker", "image", "rm", ...images], {});
}

async function run(argv: string[], env: Record<string, string>): Promise<void> {
  await output(argv, env);
}

async function output([program, ...args]: string[], env: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    env,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

function push<T>(map: Map<string, T[]>, key: string, value: T) {
  map.set(key, [...map.get(key) ?? [], value]);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function cell(value: number, width: number): string {
  return value.toFixed(2).padStart(width);
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
