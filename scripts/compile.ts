/**
 * Makes the release binaries: dist/kerek-<version>-<os>-<arch> and dist/SHA256SUMS.
 *
 *     deno task compile [target…]        default: all targets of `targets`
 *
 * The hooks' worker and what hooks import as `kerek` are modules of their own, as they are loaded by
 * their URLs (lib/hooks/embedded.ts); hook modules that come with kerek are embedded as text.
 *
 * The program is bundled first, so that a binary has no node_modules and no package.json in it, and
 * split, so that `--version` and Docker's metadata question load next to nothing. There is no code
 * cache: Deno keeps it in a shared temporary folder and does not check who wrote it.
 *
 * Variables:
 *   KEREK_DIST      folder for the binaries (default: dist/)
 *   KEREK_COMPILER  the deno that compiles (default: this one), whose base runtime is embedded
 *   DENORT_BIN      that base runtime, where Deno's own download host cannot be reached
 *
 * Exit codes: 0 all targets made, 1 some could not be made (each is named), 2 wrong usage.
 */
import { textSuffix } from "../lib/hooks/embedded.ts";
import { version } from "../lib/version.ts";

/** Deno's names of the targets, and ours. */
const targets: Record<string, string> = {
  "x86_64-unknown-linux-gnu": "linux-x64",
  "aarch64-unknown-linux-gnu": "linux-arm64",
  "x86_64-apple-darwin": "macos-x64",
  "aarch64-apple-darwin": "macos-arm64",
  "x86_64-pc-windows-msvc": "windows-x64.exe",
};

const root = new URL("..", import.meta.url).pathname;
const dist = Deno.env.get("KEREK_DIST") || `${root}dist`;
const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(targets);
const unknown = wanted.filter((target) => !(target in targets));
if (unknown.length > 0) {
  console.error(`Cannot compile for ${unknown}: targets are ${Object.keys(targets).join(", ")}`);
  Deno.exit(2);
}

await Deno.mkdir(dist, { recursive: true });
const bundle = await Deno.makeTempDir({ prefix: "kerek-bundle-" });
const failed = [];
try {
  await makeBundle(bundle);
  for (const target of wanted) {
    const made = await compile(target);
    console.error(made ? `Made ${fileName(target)}` : `Cannot make ${fileName(target)}, see above`);
    if (!made) failed.push(target);
  }
  await writeSums();
} finally {
  await Deno.remove(bundle, { recursive: true });
}
Deno.exit(failed.length > 0 ? 1 : 0);

function fileName(target: string): string {
  return `kerek-${version}-${targets[target]}`;
}

async function makeBundle(folder: string): Promise<void> {
  const options = ["--quiet", "--minify", "--platform", "deno", "--code-splitting"];
  const made = await run(Deno.execPath(), [
    "bundle",
    ...options,
    "--outdir",
    folder,
    `${root}cli.ts`,
    `${root}lib/hooks/worker.ts`,
    `${root}lib/hooks/sdk.ts`,
  ], root);
  if (!made) throw new Error("Cannot bundle, see above");
  await Deno.mkdir(`${folder}/hooks/lib`, { recursive: true });
  for (const own of ["hooks", "hooks/lib"]) {
    for await (const { name } of Deno.readDir(`${root}${own}`)) {
      if (/^[a-z_]+\.ts$/.test(name) && !name.endsWith("_test.ts")) {
        await Deno.copyFile(`${root}${own}/${name}`, `${folder}/${own}/${name}${textSuffix}`);
      }
    }
  }
}

async function compile(target: string): Promise<boolean> {
  const compiler = Deno.env.get("KEREK_COMPILER") || Deno.execPath();
  // In the bundle's folder, so that nothing but the bundle can get in.
  return await run(compiler, [
    "compile",
    "--quiet",
    "--allow-all",
    "--no-check",
    "--no-lock",
    "--no-code-cache",
    // Without it, a hook module with `permissions` would end the program.
    "--unstable-worker-options",
    "--target",
    target,
    "--include",
    ".",
    "--output",
    `${dist}/${fileName(target)}`,
    "cli.js",
  ], bundle);
}

async function writeSums(): Promise<void> {
  const lines = [];
  for (const name of Object.values(targets).map((own) => `kerek-${version}-${own}`)) {
    const bytes = await Deno.readFile(`${dist}/${name}`).catch(() => undefined);
    if (!bytes) continue;
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    lines.push(`${hash}  ${name}\n`);
  }
  await Deno.writeTextFile(`${dist}/SHA256SUMS`, lines.join(""));
}

async function run(program: string, args: string[], cwd: string): Promise<boolean> {
  const { success } = await new Deno.Command(program, { args, cwd, stdin: "null" }).spawn().status;
  return success;
}
