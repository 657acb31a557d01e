import { createTarDecoder } from "../deps/tar.ts";
import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import * as argv from "./argv.ts";
import type { TransferPorts } from "./transfer_ports.ts";

/** What describes an image is shorter than this, in bytes; more of it are layers. */
const longestDescription = 64 * 1024;

/**
 * Whether an engine can give an image away again. Docker's containerd image store takes one of
 * which layers are there unpacked, but not as they were packed; containers of it run, but it cannot
 * be saved or pushed. Only the beginning is looked at, as all that is read comes over the network.
 */
export async function isWhole(
  name: string,
  { destination, pipe, signal }: Pick<TransferPorts, "destination" | "pipe" | "signal">,
): Promise<boolean> {
  let isLong = false;
  let manifest = "[]";
  const files = new Set<string>();
  const consume = async (archive: ReadableStream<Uint8Array>) => {
    let size = 0;
    for await (const entry of archive.pipeThrough(createTarDecoder())) {
      size += entry.header.size;
      isLong = size > longestDescription;
      if (isLong) return;
      files.add(entry.header.name);
      const text = await new Response(entry.body).text();
      if (entry.header.name === "manifest.json") manifest = text;
    }
  };
  await pipe([[...destination.clients.engine, ...argv.save(name)]], { consume, signal });
  return isLong || namesOnly(manifest, files);
}

const schema = z.array(z.looseObject({ Layers: z.array(z.string()).nullish() }));

function namesOnly(manifest: string, files: ReadonlySet<string>): boolean {
  const what = "manifest.json";
  const [image] = decode(schema, parseJson(manifest, what), what);
  return image?.Layers?.every((path) => files.has(path)) ?? false;
}
