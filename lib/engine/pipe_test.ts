import assert from "node:assert/strict";
import { pipe } from "./pipe.ts";

Deno.test("what one program prints is the input of the next, and is counted", async () => {
  let bytes = 0;
  const [first, second, third] = await pipe(
    [["printf", "b\\na\\n"], ["sort"], ["tr", "a-z", "A-Z"]],
    { onBytes: (count) => bytes += count },
  );
  assert.deepEqual([first.code, second.code, third.code], [0, 0, 0]);
  assert.equal(third.stdout, "A\nB\n");
  assert.equal(bytes, 4);
});

Deno.test("more comes through than fits into a pipe", async () => {
  const outputs = await pipe([["head", "-c", "5000000", "/dev/zero"], ["wc", "-c"]]);
  assert.equal(outputs[1].stdout.trim(), "5000000");
});

Deno.test("a program that ends early ends the others, and each says how it went", async () => {
  const outputs = await pipe([["cat", "/dev/zero"], ["sh", "-c", "echo no >&2; exit 3"]]);
  assert.notEqual(outputs[0].code, 0);
  assert.deepEqual(outputs[1], { code: 3, stdout: "", stderr: "no\n" });
});

Deno.test("a program that fails leaves the next one with what there is", async () => {
  const outputs = await pipe([["sh", "-c", "printf half; exit 1"], ["cat"]]);
  assert.deepEqual(outputs.map(({ code }) => code), [1, 0]);
  assert.equal(outputs[1].stdout, "half");
});

Deno.test("an abort ends all programs", async () => {
  const abort = new AbortController();
  const running = pipe([["sleep", "60"], ["cat"]], { signal: abort.signal });
  abort.abort();
  assert.notEqual((await running)[0].code, 0);
});

Deno.test("a missing program is named, and nothing is left running", async () => {
  await assert.rejects(pipe([["cat", "/dev/zero"], ["no-such-program"]]), {
    message: "Cannot run no-such-program: there is no such program",
  });
});

Deno.test("what a stream brings is fed to the first program", async () => {
  let bytes = 0;
  const input = new Blob(["b\na\n"]).stream();
  const outputs = await pipe([["sort"]], { input, onBytes: (count) => bytes += count });
  assert.deepEqual(outputs, [{ code: 0, stdout: "a\nb\n", stderr: "" }]);
  assert.equal(bytes, 4);
});

Deno.test("what the last program prints can be taken as it comes", async () => {
  let [read, counted] = [0, 0];
  const outputs = await pipe([["head", "-c", "5000000", "/dev/zero"]], {
    consume: async (printed) => {
      for await (const piece of printed) read += piece.length;
    },
    onBytes: (count) => counted += count,
  });
  assert.deepEqual(outputs, [{ code: 0, stdout: "", stderr: "" }]);
  assert.deepEqual([read, counted], [5000000, 5000000]);
});

Deno.test("who takes it may give up, which ends the program and is told", async () => {
  const consume = async (printed: ReadableStream<Uint8Array>) => {
    for await (const _ of printed) throw new Error("disk full");
  };
  await assert.rejects(pipe([["cat", "/dev/zero"]], { consume }), { message: "disk full" });
});

Deno.test("a stream that breaks ends the program and is told", async () => {
  const input = ReadableStream.from((async function* () {
    yield new Uint8Array(10);
    throw new Error("unreadable");
  })());
  await assert.rejects(pipe([["cat"]], { input }), { message: "unreadable" });
});

Deno.test("a program that fails is to blame, not who takes what it printed", async () => {
  const consume = async (printed: ReadableStream<Uint8Array>) => {
    for await (const _ of printed);
    throw new Error("too little");
  };
  const outputs = await pipe([["sh", "-c", "echo no >&2; exit 3"]], { consume });
  assert.deepEqual(outputs, [{ code: 3, stdout: "", stderr: "no\n" }]);
});
