import assert from "node:assert/strict";
import { spawner } from "./spawn.ts";

const print = 'for word; do printf "<%s>" "$word"; done';
const sh = (script: string, ...words: string[]) => ["/bin/sh", "-c", script, "sh", ...words];

Deno.test("words reach a program as they are, whatever is in them", async () => {
  const words = ["--help", "-o/x", "; touch x", "$(touch x)", "a b", "'", '"', "*", "", "\n", "ü"];
  for (const run of [spawner.read, spawner.write]) {
    const { code, stdout, stderr } = await run(sh(print, ...words));
    assert.deepEqual([code, stdout, stderr], [0, words.map((x) => `<${x}>`).join(""), ""]);
  }
});

Deno.test("exit code and both streams are what the program left", async () => {
  for (const run of [spawner.read, spawner.write]) {
    const output = await run(sh("echo out; echo err >&2; exit 3"));
    assert.deepEqual(output, { code: 3, stdout: "out\n", stderr: "err\n" });
  }
});

Deno.test("standard input is what is given, and empty otherwise", async () => {
  const bytes = new Uint8Array([104, 105]);
  for (const [stdin, expected] of [["ü\n", "ü\n"], [bytes, "hi"], [undefined, ""]] as const) {
    assert.equal((await spawner.write(["cat"], { stdin })).stdout, expected);
  }
});

Deno.test("a program may end without reading its input", async () => {
  const { code } = await spawner.write(["true"], { stdin: "x".repeat(1_000_000) });
  assert.equal(code, 0);
});

Deno.test("a program runs while its input is still to come, and ends if it does not", async () => {
  const { promise: stdin, resolve } = Promise.withResolvers<string>();
  const output = spawner.read(sh("echo runs; cat"), {
    stdin,
    onOutput: (text) => text === "runs\n" && resolve("late\n"),
  });
  assert.equal((await output).stdout, "runs\nlate\n");

  const { promise: never, reject } = Promise.withResolvers<string>();
  const { promise: hasStarted, resolve: tell } = Promise.withResolvers<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  // As Compose does it, which goes on reading when it is told to end.
  const failing = spawner.read(sh("trap '' TERM; echo starts; cat; echo ends"), {
    stdin: never,
    onOutput: (text) => text === "starts\n" ? tell() : end(),
  });
  await hasStarted;
  reject(new Error("nothing to read"));
  await assert.rejects(failing, /nothing to read/);
  await ended;
});

Deno.test("output is passed on as it comes", async () => {
  const seen: string[] = [];
  const { stdout } = await spawner.write(sh("echo a; echo b >&2"), {
    onOutput: (text) => seen.push(text),
  });
  assert.deepEqual([stdout, seen.toSorted().join("")], ["a\n", "a\nb\n"]);
});

Deno.test("a program that is not there is an error that names it", async () => {
  for (const run of [spawner.read, spawner.write]) {
    await assert.rejects(() => run(["kerek-has-no-such-program", "x"]), {
      name: "KerekError",
      message: "Cannot run kerek-has-no-such-program: there is no such program",
      hint: "Install it, or see that PATH leads to it.",
    });
  }
  assert.throws(() => spawner.stream(["kerek-has-no-such-program"], () => {}), {
    message: /there is no such program/,
  });
});

Deno.test("a stream gives whole lines until it is ended, together with what it started", async () => {
  const lines: string[] = [];
  const { promise: isTalking, resolve } = Promise.withResolvers<void>();
  const stream = spawner.stream(sh("printf 'o'; echo ne; echo two; sleep 60 & wait"), (line) => {
    lines.push(line);
    if (line === "two") resolve();
  });
  await isTalking;
  await stream.end();
  await stream.ended;
  assert.deepEqual(lines, ["one", "two"]);
  await stream.end();
});
