import assert from "node:assert/strict";
import { CommandTries } from "./command_tries.ts";
import { Programs } from "./programs.ts";
import type { Output } from "./spawn.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const clients = {
  engine: ["docker"],
  compose: ["docker", "compose"],
  composeAlone: ["docker", "compose"],
  isPodman: false,
};
const patience = { everyMs: 100, forMs: 60_000 };
const failed: Partial<Output> = { code: 1, stdout: "not yet\n" };

function tries(answer: (command: string[]) => Partial<Output>) {
  const spawner = new FakeSpawner();
  spawner.answer = (words) => answer(words.slice(3));
  const own = new CommandTries(new Programs(clients, spawner), "id1", ["check", "-a b"]);
  return { own, commands: () => spawner.calls.map(({ argv }) => argv.slice(4)) };
}

const { signal } = new AbortController();

/** Runs what is run in the container on this machine instead. */
function here([program, ...args]: string[], path: string): Partial<Output> {
  const { code, stdout, stderr } = new Deno.Command(`/bin/${program}`, {
    args,
    env: { PATH: path },
  }).outputSync();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** What a shell prints that tried once. */
const tried = (said: string) => ([, , , , , mark]: string[]) => `${mark} tries\n${said}\n`;

Deno.test("tries are made by a shell in the container, and what its last one said counts", async () => {
  const results = ["one", "two"];
  const { own, commands } = tries((command) => {
    const said = results.shift()!;
    return {
      code: said === "two" ? 0 : 1,
      stdout: tried("not yet")(command) + tried(said)(command),
    };
  });
  assert.deepEqual(await own.run(signal, patience), { ok: false, detail: "exit code 1 (one)" });
  assert.deepEqual(await own.run(signal, patience), { ok: true, detail: "exit code 0 (two)" });
  for (const [sh, c, , name, , mark, ...others] of commands()) {
    assert.match(mark, /^kerek-[\da-f-]{36}$/);
    assert.deepEqual([sh, c, name, ...others.slice(0, 2)], ["sh", "-c", "sh", "2", "0.1"]);
  }
});

Deno.test("a try has succeeded when the shell says so, whenever the engine does", async () => {
  // As one that was told to end.
  const { own, commands } = tries((command) => ({
    code: 143,
    stdout: `${tried("well")(command)}${command[5]} passed\n`,
  }));
  assert.deepEqual(await own.run(signal, patience), { ok: true, detail: "exit code 0 (well)" });
  assert.equal(commands().length, 1);
});

Deno.test("what a command prints is not taken for what the shell says", async () => {
  const { own } = tries((command) => ({
    code: 1,
    stdout: tried("kerek tries\nkerek-1 passed")(command),
  }));
  const detail = "exit code 1 (kerek-1 passed)";
  assert.deepEqual(await own.run(signal, patience), { ok: false, detail });
});

Deno.test("without a shell, or without patience, each try is a call", async () => {
  const { own, commands } = tries(() => ({ code: 127, stderr: "no such file\n" }));
  for (let i = 0; i < 2; i++) await own.run(signal, patience);
  assert.deepEqual(commands().map(([program]) => program), ["sh", "check", "check"]);
  const { own: hasty, commands: calls } = tries(() => failed);
  await hasty.run(signal, { forMs: 60_000 });
  await hasty.run(signal, { everyMs: 100, forMs: 999 });
  assert.deepEqual(calls().map(([program]) => program), ["check", "check"]);
});

Deno.test("a try that takes too long is given up, and its shell not called again", async () => {
  const spawner = new FakeSpawner();
  const programs: string[] = [];
  spawner.read = async (argv, { signal, onOutput } = {}) => {
    programs.push(argv[4]);
    // A first try in time, and one that hangs.
    if (argv[4] === "sh") onOutput?.(tried("not yet")(argv.slice(4)) + tried("")(argv.slice(4)));
    await new Promise((resolve) => signal!.addEventListener("abort", resolve));
    return { code: 143, stdout: "", stderr: "" };
  };
  const own = new CommandTries(new Programs(clients, spawner), "id1", ["check"], 100);
  const late = { ok: false, detail: "it took more than 0.1 s" };
  assert.deepEqual(await own.run(signal, { everyMs: 10, forMs: 60_000 }), late);
  assert.deepEqual(await own.run(signal, { everyMs: 10, forMs: 60_000 }), late);
  assert.deepEqual(programs, ["sh", "check"]);
  // Neither takes longer than the gate.
  const patient = new CommandTries(new Programs(clients, spawner), "id1", ["check"], 60_000);
  assert.deepEqual(await patient.run(signal, { forMs: 100 }), late);
});

Deno.test("where pauses are long, each try is a call", async () => {
  const { own, commands } = tries(() => failed);
  await own.run(signal, { everyMs: 1_000, forMs: 60_000 });
  assert.deepEqual(commands().map(([program]) => program), ["check"]);
});

/** Tries for a second at least, in a shell on this machine, what succeeds at its `until`th try. */
async function triedHere(until: number, pause: number, path = Deno.env.get("PATH")!) {
  const folder = await Deno.makeTempDir();
  try {
    // It speaks on another stream each time.
    const script = 'n=$(($(cat "$1" 2>/dev/null || echo 0) + 1)); echo $n >"$1"; ' +
      '[ $((n % 2)) = 0 ] && echo "even $n" || echo "odd $n" >&2; [ "$n" -ge "$2" ] || exit 3';
    const spawner = new FakeSpawner();
    spawner.answer = (words) => here(words.slice(3), path);
    const command = ["sh", "-c", script, "x", `${folder}/n`, String(until)];
    const own = new CommandTries(new Programs(clients, spawner), "id1", command);
    const result = await own.run(signal, { everyMs: pause, forMs: 2_000 });
    return { ...result, count: Number(await Deno.readTextFile(`${folder}/n`)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the shell tries until it succeeds, and says what the last try said", async () => {
  for (const until of [1, 2, 3]) {
    const detail = `exit code 0 (${until % 2 ? "odd" : "even"} ${until})`;
    assert.deepEqual(await triedHere(until, 1), { ok: true, detail, count: until });
  }
});

Deno.test("the shell runs the very words, and does not have them in its own command line", async () => {
  const spawner = new FakeSpawner();
  spawner.answer = (command) => here(command.slice(3), Deno.env.get("PATH")!);
  const words = ["a b", "", "$x `y` \\ '\"", "*", "--", "\\0101 %s", "ü\n\nz\n"];
  const print = ["sh", "-c", 'for word; do printf "<%s>" "$word"; done | tr "\\n" _', "sh"];
  const own = new CommandTries(new Programs(clients, spawner), "id1", [...print, ...words]);
  const said = words.map((word) => `<${word}>`).join("").replaceAll("\n", "_");
  assert.equal((await own.run(signal, patience)).detail, `exit code 0 (${said})`);
  // `pgrep -f` of what is to run would find it there.
  assert.doesNotMatch(spawner.lines().join(), /for word|a b|ü|sleep|date/);
});

Deno.test("the shell comes back after its time with what the last try said", async () => {
  const { ok, detail, count } = await triedHere(1_000_000, 10);
  assert.deepEqual([ok, detail], [false, `exit code 3 (${count % 2 ? "odd" : "even"} ${count})`]);
});

Deno.test("a shell without what it takes to wait tries once", async () => {
  const bin = await Deno.makeTempDir();
  try {
    for (const name of ["sh", "cat"]) await Deno.symlink(`/bin/${name}`, `${bin}/${name}`);
    const { ok, detail, count } = await triedHere(1_000_000, 10, bin);
    assert.deepEqual([ok, detail, count], [false, "exit code 3 (odd 1)", 1]);
  } finally {
    await Deno.remove(bin, { recursive: true });
  }
});
