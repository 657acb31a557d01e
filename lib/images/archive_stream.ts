import { createTarPacker } from "../deps/tar.ts";
import type { ArchiveEntry } from "./archive.ts";
import { type NewEntry, sizeOf } from "./delta_archive.ts";
import type { ReadAt } from "./spool.ts";

/** How much is read at a time, in bytes. */
const pieceSize = 256 * 1024;

/**
 * A tar archive as a stream, made while it is read; only some pieces at a time are in memory.
 *
 * @param read Reads the archive that entries may be taken from.
 */
export function archiveStream(entries: NewEntry[], read: ReadAt): ReadableStream<Uint8Array> {
  const { readable, controller } = createTarPacker();
  write().catch((error) => controller.error(error));
  return readable;

  async function write(): Promise<void> {
    for (const { name, content } of entries) {
      const size = sizeOf(content);
      const body = controller.add({ name, size, mode: 0o644, mtime: new Date(0) }).getWriter();
      if (content instanceof Uint8Array) await body.write(content);
      else for await (const piece of piecesOf(content, read)) await body.write(piece);
      await body.close();
    }
    controller.finalize();
  }
}

async function* piecesOf(
  { name, offset, size }: ArchiveEntry,
  read: ReadAt,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += pieceSize) {
    const piece = await read(offset! + at, Math.min(pieceSize, size - at));
    if (piece.length === 0) throw new Error(`${name} has become shorter`);
    yield piece;
  }
}
