import assert from "node:assert/strict";
import { decodeRawStream } from "./raw_stream.ts";

Deno.test("frames are put together, each stream by itself", () => {
  const euro = new TextEncoder().encode("€");
  const bytes = [
    ...frame(1, new TextEncoder().encode("out\n")),
    ...frame(2, new TextEncoder().encode("err\n")),
    ...frame(1, euro.slice(0, 1)),
    ...frame(2, new Uint8Array()),
    ...frame(1, euro.slice(1)),
  ];
  assert.deepEqual(decodeRawStream(new Uint8Array(bytes)), { stdout: "out\n€", stderr: "err\n" });
});

Deno.test("a stream that is cut off gives what came", () => {
  const whole = frame(1, new TextEncoder().encode("abc"));
  assert.deepEqual(decodeRawStream(new Uint8Array(whole.slice(0, -1))), {
    stdout: "ab",
    stderr: "",
  });
  assert.deepEqual(decodeRawStream(new Uint8Array(whole.slice(0, 5))), { stdout: "", stderr: "" });
  assert.deepEqual(decodeRawStream(new Uint8Array()), { stdout: "", stderr: "" });
});

function frame(stream: number, content: Uint8Array): number[] {
  return [stream, 0, 0, 0, 0, 0, 0, content.length, ...content];
}
