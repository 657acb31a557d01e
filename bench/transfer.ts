/**
 * Images to another engine on this machine, side by side in one run: kerek, which sends the layers
 * that are missing, and `docker save | docker load`, at full speed and at 12 MiB/s; and the memory
 * that kerek takes to send 1 GiB. See bench/README.md.
 *
 *     deno run -A bench/transfer.ts [--megabytes 200] [--rounds 3] [--rate 12]
 *
 * With no rounds, only the memory is measured.
 * KEREK_COMMAND is the kerek to measure; default: this checkout's, run by deno. Needs root.
 */
import { parseArgs } from "node:util";
import { TestImages } from "../tests/e2e/harness/images.ts";
import { run } from "../tests/e2e/harness/run.ts";
import { busybox } from "../tests/e2e/harness/scenario.ts";
import { startSecondEngine } from "../tests/e2e/harness/second_engine.ts";
import { layWire, type Wire } from "../tests/e2e/harness/wire.ts";
import { kerekCommand } from "../tests/e2e/harness/project.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string", default: "12" },
  },
});
const size = Number(values.megabytes) * 1024 * 1024;
const mebibyte = 1024 * 1024;

const images = await TestImages.make();
const there = await startSecondEngine();
try {
  const base = images.name("base:1");
  await images.commit(base, "base", { base: busybox, size });
  await images.commit(images.name("app:1"), "1", { base, size: mebibyte });
  await images.commit(images.name("app:2"), "2", { base, size: mebibyte });
  if (Number(values.rounds) > 0) {
    await benchLine(Infinity, Number(values.rounds));
    // A line that is slow enough decides alone how long it takes.
    await benchLine(Number(values.rate) * mebibyte, 1);
  }
  await benchMemory();
} finally {
  await there.remove();
  await images.remove();
}

/** One way of getting the second version there, where the first one is or is not. */
interface Contestant {
  name: string;
  isFirstThere: boolean;
  send(host: string): Promise<void>;
}

async function benchLine(rate: number, rounds: number): Promise<void> {
  const wire = layWire({ path: there.host.replace("unix://", ""), transport: "unix" }, rate);
  const host = `tcp://127.0.0.1:${wire.port}`;
  const app = images.name("app:2");
  const contestants: Contestant[] = [
    { name: "save | load, nothing there", isFirstThere: false, send: (host) => pipe(host, app) },
    { name: "save | load, version 1 there", isFirstThere: true, send: (host) => pipe(host, app) },
    { name: "kerek, nothing there", isFirstThere: false, send: (host) => kerek(host, app) },
    { name: "kerek, version 1 there", isFirstThere: true, send: (host) => kerek(host, app) },
  ];
  const results = new Map<string, { seconds: number[]; bytes: number }>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, isFirstThere, send } of contestants) {
      await prepare(isFirstThere);
      const { seconds, bytes } = await measured(wire, () => send(host));
      const all = results.get(name)?.seconds ?? [];
      results.set(name, { seconds: [...all, seconds], bytes });
    }
  }
  await wire.close();
  report(rate, rounds, results);
}

/** The destination with only the first version, or with nothing. */
async function prepare(isFirstThere: boolean): Promise<void> {
  const listed = await there.docker(["image", "ls", "--all", "--quiet", "--no-trunc"]);
  const ids = [...new Set(listed.stdout.split("\n").filter((id) => id))];
  if (ids.length > 0) await there.docker(["image", "rm", "--force", ...ids]);
  if (isFirstThere) await pipe(there.host, images.name("app:1"));
}

async function measured(wire: Wire, act: () => Promise<void>) {
  wire.take();
  const start = performance.now();
  await act();
  return { seconds: (performance.now() - start) / 1000, bytes: wire.take() };
}

function report(
  rate: number,
  rounds: number,
  results: Map<string, { seconds: number[]; bytes: number }>,
): void {
  const what = rate === Infinity ? "full speed" : `${values.rate} MiB/s`;
  console.log(`\nAt ${what} (median of ${rounds})`);
  console.log("  seconds  of save | load  bytes on the wire  what");
  const reference = median(results.get("save | load, version 1 there")!.seconds);
  for (const [name, { seconds, bytes }] of results) {
    const s = median(seconds);
    console.log(
      `  ${s.toFixed(2).padStart(7)} ${(s / reference).toFixed(2).padStart(15)} ${
        String(bytes).padStart(18)
      }  ${name}`,
    );
  }
}

/** Sends 1 GiB, wholly and all but a layer at the bottom, and watches the most memory taken. */
async function benchMemory(): Promise<void> {
  const app = images.name("large:1");
  await images.commit(app, "large", { base: busybox, size: 1024 * mebibyte });
  await prepare(false);
  console.log("\nMost memory of kerek for 1 GiB (VmHWM)");
  console.log(`  ${await memory(app)} MB  wholly`);
  await prepare(false);
  await pipe(there.host, busybox);
  console.log(`  ${await memory(app)} MB  without the layer that is there`);
}

/** Megabytes at the most. The kernel tells while the process is there. */
async function memory(app: string): Promise<string> {
  const child = new Deno.Command(kerekCommand()[0], {
    args: [...kerekCommand().slice(1), "--host", there.host, "transfer-images", app],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let most = 0;
  let isRunning = true;
  const ended = child.status.then(({ code }) => {
    isRunning = false;
    if (code !== 0) throw new Error("kerek failed");
  });
  while (isRunning) {
    const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    most = Math.max(most, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ended;
  return (most / 1000).toFixed(0);
}

async function kerek(host: string, image: string): Promise<void> {
  await succeed([...kerekCommand(), "--host", host, "transfer-images", image]);
}

async function pipe(host: string, image: string): Promise<void> {
  const script = 'docker save -- "$1" | docker --host "$2" load';
  await succeed(["sh", "-c", script, "sh", image, host]);
}

async function succeed(argv: string[]): Promise<void> {
  const { code, stderr } = await run(argv);
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
