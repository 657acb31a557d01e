/**
 * How long the compiled kerek takes to start, and how large it is, beside an empty program that the
 * same compiler made. Runs alternate, so that a busy machine is busy for all.
 *
 *     deno run -A bench/startup.ts [rounds]      default: 40
 *
 * Variables: DENORT_BIN and KEREK_COMPILER as for scripts/compile.ts.
 */
import { fileURLToPath } from "node:url";

const rounds = Number(Deno.args[0] ?? 40);
const folder = await Deno.makeTempDir({ prefix: "kerek-startup-" });
try {
  const programs: Record<string, string[]> = {
    "empty program": [await compileEmpty()],
    "docker's question for metadata": [await compileKerek(), "docker-cli-plugin-metadata"],
    "--version": [`${folder}/kerek`, "--version"],
    "--help": [`${folder}/kerek`, "--help"],
    "completion of `dep`": [`${folder}/kerek`, "__complete", "dep"],
  };
  const times = new Map(Object.keys(programs).map((name) => [name, [] as number[]]));
  for (let i = 0; i < rounds + 2; i++) {
    for (const [name, argv] of Object.entries(programs)) {
      const ms = await timed(argv);
      if (i >= 2) times.get(name)!.push(ms); // The first rounds fill the system's caches.
    }
  }
  const [empty] = [...times.values()].map(median);
  for (const [name, all] of times) {
    const ms = median(all);
    console.log(
      `${name.padEnd(32)} ${ms.toFixed(1).padStart(6)} ms (min ${Math.min(...all).toFixed(1)})` +
        `  ${(ms / empty).toFixed(2)} x`,
    );
  }
  const [own, none] = ["kerek", "empty"].map((name) => Deno.statSync(`${folder}/${name}`).size);
  console.log(`size ${mb(own)}, ${mb(own - none)} more than the empty program`);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function compileEmpty(): Promise<string> {
  await Deno.writeTextFile(`${folder}/empty.js`, "");
  const compiler = Deno.env.get("KEREK_COMPILER") || Deno.execPath();
  await succeed([compiler, "compile", "--quiet", "--no-check", "--no-code-cache", "empty.js"]);
  return `${folder}/empty`;
}

async function compileKerek(): Promise<string> {
  const script = fileURLToPath(new URL("../scripts/compile.ts", import.meta.url));
  await succeed([Deno.execPath(), "run", "--allow-all", script, Deno.build.target]);
  const [name] = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith("kerek-"));
  await Deno.rename(`${folder}/${name}`, `${folder}/kerek`);
  return `${folder}/kerek`;
}

async function succeed([program, ...args]: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    env: { KEREK_DIST: folder },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function timed([program, ...args]: string[]): Promise<number> {
  const start = performance.now();
  const { success } = await new Deno.Command(program, { args, cwd: folder }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
