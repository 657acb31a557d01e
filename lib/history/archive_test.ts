import assert from "node:assert/strict";
import { packTar } from "../deps/tar.ts";
import { findConfiguration, packConfiguration } from "./archive.ts";

type Bytes = Uint8Array<ArrayBuffer>;

async function gzip(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const bytes = (text: string): Bytes => new TextEncoder().encode(text);

async function archive(files: Record<string, Bytes>): Promise<Bytes> {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name, size: body.length },
    body,
  }));
  return new Uint8Array(await packTar(entries));
}

Deno.test("a configuration is found in whatever way an engine prints its image", async () => {
  const json = '{"name":"shop"}';
  const layer = await packConfiguration(json);
  const images: Record<string, Record<string, Bytes>> = {
    "Docker 20.10": {
      "abc/VERSION": bytes("1.0"),
      "abc/json": bytes("{}"),
      "abc/layer.tar": layer,
    },
    "Docker 25 and later": {
      "blobs/sha256/1": bytes("{}"),
      "blobs/sha256/2": layer,
      "index.json": bytes("{}"),
    },
    "with containerd's store": { "blobs/sha256/1": await gzip(layer), "oci-layout": bytes("{}") },
    "Podman": { "abc.tar": layer, "manifest.json": bytes("[]") },
  };
  for (const [engine, files] of Object.entries(images)) {
    assert.equal(await findConfiguration(await archive(files)), json, engine);
  }
  const other = await archive({ "abc/layer.tar": await archive({ x: bytes("y") }) });
  await assert.rejects(findConfiguration(other), /Cannot read the history: an entry has no conf/);
});
