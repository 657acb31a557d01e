import { createTarDecoder } from "../deps/tar.ts";
import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import * as argv from "./argv.ts";
import type { TransferPorts } from "./transfer_ports.ts";

/** Longer files that are no JSON are layers; in bytes. */
const longestDescription = 64 * 1024;

/**
 * Whether an engine can give an image away again. Docker's containerd image store takes one of
 * which layers are there unpacked, but not as they were packed; containers of it run, but it cannot
 * be saved or pushed. A `save` of it has descriptions only, and no layer at all, so that reading up
 * to the first one is enough: all that is read comes over the network.
 */
export async function isWhole(
  name: string,
  { destination, pipe, signal }: Pick<TransferPorts, "destination" | "pipe" | "signal">,
): Promise<boolean> {
  let hasLayer = false;
  let manifest = "[]";
  const files = new Set<string>();
  const consume = async (archive: ReadableStream<Uint8Array>) => {
    for await (const { header, body } of archive.pipeThrough(createTarDecoder())) {
      files.add(header.name);
      if (header.size > longestDescription) {
        hasLayer = !await beginsAsJson(body);
        if (hasLayer) return;
      } else {
        const text = await new Response(body).text();
        if (header.name === "manifest.json") manifest = text;
      }
    }
  };
  await pipe([[...destination.clients.engine, ...argv.save(name)]], { consume, signal });
  return hasLayer || namesOnly(manifest, files);
}

async function beginsAsJson(body: ReadableStream<Uint8Array>): Promise<boolean> {
  const reader = body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return value?.[0] === "{".charCodeAt(0);
}

const schema = z.array(z.looseObject({ Layers: z.array(z.string()).nullish() }));

function namesOnly(manifest: string, files: ReadonlySet<string>): boolean {
  const what = "manifest.json";
  const [image] = decode(schema, parseJson(manifest, what), what);
  return image?.Layers?.every((path) => files.has(path)) ?? false;
}
