/** Command lines are completed by real shells, each in a terminal, and nothing on them is run. */
import assert from "node:assert/strict";
import { scripts } from "../../lib/completion/scripts.ts";

const cli = new URL("../../cli.ts", import.meta.url).href;

/** Typed: TAB as \t. Accepted lines end with \n; Ctrl-A and # make a comment of the others. */
const typed = [
  "kerek dep\t--wai\t\n",
  "kerek --context default deploy w\t --file=co\t a\t --order=sta\t\n",
  "X=1 kerek deploy -f 'compose.yaml' w\t \n",
  'kerek deploy `touch ran1` "$(touch ran2)" $(touch ran3)\t -f $(touch ran4) w\t\x01#\n',
];

/** The words that kerek got in the end. */
const accepted = [
  "deploy --wait",
  "--context default deploy web --file=compose.yaml api --order=start-first",
  "deploy -f compose.yaml web",
];

const terminal = (shell: string, input: string) => (folder: string) =>
  run(["script", "--quiet", "--command", shell, "/dev/null"], folder, input);

test(
  "bash",
  ["bash", "script"],
  terminal("bash --rcfile rc -i", typed.join("") + "exit\n"),
  `
  PS1=; bind 'set bell-style none'; bind 'set completion-query-items -1'; . ./loaded
`,
);

// Zsh itself runs a $(…) that TAB is pressed behind, with any command, unless it is told otherwise.
test(
  "zsh",
  ["zsh", "script"],
  terminal("ZDOTDIR=. zsh -i", typed.join("") + "exit\n"),
  `
  PS1=; setopt interactive_comments; autoload -U compinit; compinit -u -D
  bindkey -e; bindkey '^I' complete-word; . ./loaded
`,
  ".zshrc",
);

test("fish", ["fish"], async (folder) => {
  const lines = ["kerek dep", "kerek deploy (touch ran1) --order=sta", "kerek deploy -f co"];
  const words = lines.map((line) => `complete -C '${line}'`).join("; ");
  const out = await run(["fish", "--no-config", "--command", `source loaded; ${words}`], folder);
  assert.deepEqual(out.split("\n").map((line) => line.split("\t")[0]).filter((x) => x), [
    "deploy",
    "--order=start-first",
    "compose.yaml",
  ]);
  return out;
});

function test(
  shell: keyof typeof scripts,
  needed: string[],
  act: (folder: string) => Promise<string>,
  rc = "",
  rcName = "rc",
) {
  const missing = [...needed, "docker"].filter((program) => !isThere(program));
  Deno.test({
    name: `${shell} completes, and runs nothing of what is typed` +
      (missing.length > 0 ? ` (not tried: no ${missing.join(", no ")} here)` : ""),
    ignore: missing.length > 0,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "kerek-test-" });
      try {
        await prepare(folder, scripts[shell], { [rcName]: rc });
        const output = await act(folder);
        const files = [...Deno.readDirSync(folder)].map(({ name }) => name);
        assert.deepEqual(files.filter((name) => name.startsWith("ran")), [], output);
        const asked = await Deno.readTextFile(`${folder}/asked`);
        if (shell === "fish") return assert.match(asked, /__complete deploy \(touch ran1\)/);
        assert.match(asked, /\$\(touch ran3\)/);
        const got = (await Deno.readTextFile(`${folder}/got`)).trim().split("\n");
        assert.deepEqual(got.map((line) => line.trim()), accepted, output);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** A program kerek that completes, and otherwise only notes its words. */
async function prepare(folder: string, script: string, files: Record<string, string>) {
  const all: Record<string, string> = {
    loaded: script,
    "compose.yaml": "services:\n  web: { image: x }\n  api: { image: x }\n",
    kerek: `#!/bin/sh
case $1 in
__complete) echo "$@" >>asked; exec '${Deno.execPath()}' run --quiet --allow-all '${cli}' "$@" ;;
*) echo "$@" >>got ;;
esac
`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
  }
}

function isThere(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

async function run([program, ...args]: string[], folder: string, input = ""): Promise<string> {
  const child = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { PATH: `${folder}:${Deno.env.get("PATH")}`, TERM: "dumb", XDG_CONFIG_HOME: folder },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  // script(1) would end at the end of its input, so this stays open.
  const output = await child.output();
  await writer.close().catch(() => {});
  const decoder = new TextDecoder();
  return decoder.decode(output.stdout) + decoder.decode(output.stderr);
}
