import { packTar, unpackTar } from "../deps/tar.ts";
import { KerekError } from "../errors.ts";

const fileName = "kerek/compose.json";

/** An archive with a configuration in it, or with nothing. */
export async function packConfiguration(json: string): Promise<Uint8Array<ArrayBuffer>> {
  const body = new TextEncoder().encode(json);
  const header = { name: fileName, size: body.length, mode: 0o600, uid: 0, gid: 0 };
  return new Uint8Array(await packTar([{ header, body }]));
}

/**
 * The configuration in an image of {@linkcode packConfiguration}, as engines print images: one
 * archive inside of another, which some of them compress.
 *
 * @throws {KerekError} if it is not there.
 */
export async function findConfiguration(image: Uint8Array<ArrayBuffer>): Promise<string> {
  for (const { header, data } of await unpackTar(image)) {
    if (header.type !== "file" || !data) continue;
    const inner = await unpacked(new Uint8Array(data));
    const file = inner.find(({ header }) => header.name.endsWith(fileName));
    if (file?.data) return new TextDecoder().decode(file.data);
  }
  throw new KerekError("Cannot read the history: an entry has no configuration");
}

/** The files in an archive; none if it is something else, such as JSON. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>) {
  try {
    return await unpackTar(isGzip(bytes) ? await gunzip(bytes) : bytes);
  } catch {
    return [];
  }
}

const isGzip = ([first, second]: Uint8Array): boolean => first === 0x1f && second === 0x8b;

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
