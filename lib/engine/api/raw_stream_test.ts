import assert from "node:assert/strict";
import { readRawStream } from "./raw_stream.ts";

const euro = new TextEncoder().encode("€");
const bytes = new Uint8Array([
  ...frame(1, new TextEncoder().encode("out\n")),
  ...frame(2, new TextEncoder().encode("err\n")),
  ...frame(1, euro.slice(0, 1)),
  ...frame(2, new Uint8Array()),
  ...frame(1, euro.slice(1)),
]);

Deno.test("frames are put together, each stream by itself, in pieces of any size", async () => {
  for (let size = 1; size <= bytes.length; size++) {
    const texts: string[] = [];
    const printed = await readRawStream(inPieces(bytes, size), (text) => texts.push(text));
    assert.deepEqual(printed, { stdout: "out\n€", stderr: "err\n" });
    assert.deepEqual(texts, ["out\n", "err\n", "€"]);
  }
});

Deno.test("a text is handed on as soon as its frame is there", async () => {
  const texts: string[] = [];
  async function* slow() {
    yield* inPieces(bytes.subarray(0, 12), 5);
    assert.deepEqual(texts, ["out\n"]);
    yield* inPieces(bytes.subarray(12), 5);
  }
  await readRawStream(slow(), (text) => texts.push(text));
  assert.equal(texts.join(""), "out\nerr\n€");
});

Deno.test("a stream that is cut off gives what came", async () => {
  const whole = new Uint8Array(frame(1, new TextEncoder().encode("abc")));
  const none = { stdout: "", stderr: "" };
  for (
    const [length, printed] of [[10, { ...none, stdout: "ab" }], [5, none], [0, none]] as const
  ) {
    assert.deepEqual(await readRawStream(inPieces(whole.subarray(0, length), 4)), printed);
  }
});

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function frame(stream: number, content: Uint8Array): number[] {
  return [stream, 0, 0, 0, 0, 0, 0, content.length, ...content];
}
