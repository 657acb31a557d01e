/** What a command in a container printed, on both of its streams. */
export interface Printed {
  stdout: string;
  stderr: string;
}

const headerLength = 8;

/**
 * Takes apart what an engine sends of a command without a terminal: frames, each with a header of
 * eight bytes, which has the stream's number first and the length last (Docker Engine API,
 * "Attach to a container", stream format). Of a frame that is cut off, what came counts.
 *
 * @param onText Takes the text of each frame as soon as it is there.
 */
export async function readRawStream(
  source: AsyncIterable<Uint8Array>,
  onText: (text: string) => void = () => {},
): Promise<Printed> {
  const printed: Printed = { stdout: "", stderr: "" };
  // A character may stand in two frames.
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const take = (frame: Uint8Array) => {
    const name = frame[0] === 2 ? "stderr" : "stdout";
    const text = decoders[name].decode(frame.subarray(headerLength), { stream: true });
    printed[name] += text;
    if (text) onText(text);
  };
  let rest = new Uint8Array();
  for await (const bytes of source) {
    rest = joined(rest, bytes);
    for (let end; (end = endOfFrame(rest)) <= rest.length; rest = rest.subarray(end)) {
      take(rest.subarray(0, end));
    }
  }
  take(rest);
  for (const name of ["stdout", "stderr"] as const) printed[name] += decoders[name].decode();
  return printed;
}

/** Where the first frame ends; beyond what is there if its header is not whole. */
function endOfFrame(bytes: Uint8Array): number {
  if (bytes.length < headerLength) return Infinity;
  return headerLength + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
