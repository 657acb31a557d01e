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
function here([program, ...args]: string[]): Partial<Output> {
  const { code, stdout, stderr } = new Deno.Command(program, { args }).outputSync();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("the first try is one call, and the next ones are made by a shell in the container", async () => {
  const { own, commands } = tries(([program]) =>
    program === "sh" ? { stdout: "kerek tries\nwell\n" } : failed
  );
  assert.deepEqual(await own.run(signal, patience), { ok: false, detail: "exit code 1 (not yet)" });
  assert.deepEqual(await own.run(signal, patience), { ok: true, detail: "exit code 0 (well)" });
  const [first, [sh, c, , name, times, pause, ...command]] = commands();
  assert.deepEqual(first, ["check", "-a b"]);
  assert.deepEqual([sh, c, name, pause, ...command], ["sh", "-c", "sh", "0.1", "check", "-a b"]);
  assert.ok(Number(times) > 1 && Number(times) <= 20, times);
});

Deno.test("without a shell, or without patience, each try is a call", async () => {
  const { own, commands } = tries(() => ({ code: 127, stderr: "no such file\n" }));
  for (const own_ of [patience, patience, patience]) await own.run(signal, own_);
  assert.deepEqual(commands().map(([program]) => program), ["check", "sh", "check"]);
  const { own: hasty, commands: calls } = tries(() => failed);
  await hasty.run(signal);
  await hasty.run(signal);
  await hasty.run(signal, { everyMs: 1_500, forMs: 60_000 });
  await hasty.run(signal, { everyMs: 100, forMs: 150 });
  assert.deepEqual(calls().map(([program]) => program), Array(4).fill("check"));
});

Deno.test("a shell that does not come back is not called again", async () => {
  const gone = new AbortController();
  const { own, commands } = tries(([program]) => {
    if (program === "sh") gone.abort();
    return program === "sh" ? { code: 137, stdout: "kerek tries\n" } : failed;
  });
  await own.run(signal, patience);
  await own.run(gone.signal, patience);
  await own.run(signal, patience);
  assert.deepEqual(commands().map(([program]) => program), ["check", "sh", "check"]);
});

Deno.test("the shell tries as often as it is told, and says what the last try said", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const counting = (until: number) => {
      const script = 'n=$(($(cat "$1" 2>/dev/null || echo 0) + 1)); echo $n | tee "$1"; ' +
        '[ "$n" -ge "$2" ] || exit 3';
      return ["sh", "-c", script, "x", `${folder}/${until}`, String(until)];
    };
    const cases: [until: number, ok: boolean, detail: string][] = [
      [2, true, "exit code 0 (2)"],
      [1_000_000, false, "exit code 3 ("],
    ];
    for (const [until, ok, detail] of cases) {
      const spawner = new FakeSpawner();
      spawner.answer = (words) => here(words.slice(3));
      const own = new CommandTries(new Programs(clients, spawner), "id1", counting(until));
      assert.equal((await own.run(signal, patience)).ok, false);
      const result = await own.run(signal, { everyMs: 1, forMs: 300 });
      assert.equal(result.ok, ok);
      assert.ok(result.detail.startsWith(detail), result.detail);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
