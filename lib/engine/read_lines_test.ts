import assert from "node:assert/strict";
import { readLines } from "./read_lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("lines are whole, however they come, and empty ones are left out", async () => {
  const pieces = ["a", "b\nc\n\nd", "e", "\n", "cut"].map(bytes);
  const [first, second] = [bytes("ü\n").slice(0, 1), bytes("ü\n").slice(1)];
  const lines: string[] = [];
  await readLines(
    ReadableStream.from([...pieces.slice(0, 4), first, second, pieces[4]]),
    (line) => lines.push(line),
  );
  assert.deepEqual(lines, ["ab", "c", "de", "ü"]);
});

Deno.test("a stream that says nothing is given up", async () => {
  const abort = new AbortController();
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const silent = () => new ReadableStream<Uint8Array<ArrayBuffer>>({ cancel: () => resolve() });
  const reading = readLines(silent(), () => {}, abort.signal);
  abort.abort();
  await reading;
  await cancelled;
  await readLines(silent(), () => {}, AbortSignal.abort());
});
