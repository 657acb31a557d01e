/** A file or link of an archive. */
export interface ArchiveEntry {
  name: string;
  /** How long its content is, in bytes. */
  size: number;
  /** Where its content begins in the file that keeps it; absent if that was left out. */
  offset?: number;
  /** Name of the entry that it stands for, if it is a link. */
  target?: string;
}

/** Entries of an archive by their names. */
export type ArchiveIndex = ReadonlyMap<string, ArchiveEntry>;

/** The file that a name stands for, be it by links. */
export function entryAt(index: ArchiveIndex, name: string): ArchiveEntry | undefined {
  let entry = index.get(name);
  for (let links = 0; entry?.target !== undefined; links++) {
    entry = links < 10 ? index.get(entry.target) : undefined;
  }
  return entry;
}
