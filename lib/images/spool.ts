import { createTarDecoder } from "../deps/tar.ts";
import { temporaryFolder } from "../hooks/temporary_folder.ts";
import type { ArchiveEntry, ArchiveIndex } from "./archive.ts";

/** Reads bytes of files on disk; fewer than asked for only at the end. */
export type ReadAt = (offset: number, size: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Files of an archive, on disk, under no name: nothing is left even of a process that is killed. */
export interface Spool {
  index: ArchiveIndex;
  read: ReadAt;
  /** Gives the room on disk back. */
  close(): Promise<void>;
}

/**
 * Puts the files of a tar archive onto disk while it comes. A piece of it at a time is in memory.
 *
 * @param isLeftOut Tells files whose content will not be needed.
 */
export async function spoolArchive(
  archive: ReadableStream<Uint8Array>,
  isLeftOut: (name: string) => boolean,
): Promise<Spool> {
  const { file, remove } = await namelessFile();
  const close = async () => {
    file.close();
    await remove();
  };
  try {
    const index = new Map<string, ArchiveEntry>();
    let offset = 0;
    for await (const { header, body } of archive.pipeThrough(createTarDecoder({ strict: true }))) {
      const { type = "file", size } = header;
      const name = plainPath(header.name);
      if (type === "symlink" || type === "link") {
        const from = type === "symlink" ? `${name}/../` : "";
        index.set(name, { name, size: 0, target: plainPath(from + (header.linkname ?? "")) });
      }
      if (type !== "file" || isLeftOut(name)) {
        if (type === "file") index.set(name, { name, size });
        await body.cancel();
        continue;
      }
      index.set(name, { name, size, offset });
      for await (const piece of body) write(file, piece);
      offset += size;
    }
    return { index, read: (offset, size) => readAt(file, offset, size), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Synchronous, as each piece is small and goes to the system's cache, and this is faster. */
function write(file: Deno.FsFile, piece: Uint8Array): void {
  for (let done = 0; done < piece.length;) done += file.writeSync(piece.subarray(done));
}

async function readAt(file: Deno.FsFile, offset: number, size: number) {
  const bytes = new Uint8Array(size);
  await file.seek(offset, Deno.SeekMode.Start);
  let done = 0;
  while (done < size) {
    const count = await file.read(bytes.subarray(done));
    if (count === null) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

/** Makes a file where large ones belong: what is for all temporary ones is often in memory. */
async function namelessFile(): Promise<{ file: Deno.FsFile; remove(): Promise<void> }> {
  const own = Deno.env.get("TMPDIR");
  const folder = await temporaryFolder("kerek-images-", [own, "/var/tmp", undefined]);
  const remove = () => Deno.remove(folder, { recursive: true }).catch(() => {});
  try {
    const path = `${folder}/archive`;
    const file = await Deno.open(path, { read: true, write: true, createNew: true });
    // Where a file that is open cannot be removed, it is when it is closed.
    await remove();
    return { file, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A path from the archive's root, without parts that mean nothing. */
function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
