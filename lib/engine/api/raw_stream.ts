/** What a command in a container printed, on both of its streams. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/**
 * Takes apart what an engine sends of a command without a terminal: frames, each with a header of
 * eight bytes, which has the stream's number first and the length last (Docker Engine API,
 * "Attach to a container", stream format).
 */
export function decodeRawStream(bytes: Uint8Array<ArrayBuffer>): Printed {
  const parts: { stdout: Uint8Array[]; stderr: Uint8Array[] } = { stdout: [], stderr: [] };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at + 4);
    parts[bytes[at] === 2 ? "stderr" : "stdout"].push(bytes.subarray(at + 8, end));
    at = end;
  }
  return { stdout: textOf(parts.stdout), stderr: textOf(parts.stderr) };
}

/** A character may stand in two frames, so they are decoded as one. */
function textOf(parts: Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}
