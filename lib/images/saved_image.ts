import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import { KerekError } from "../errors.ts";
import { type ArchiveEntry, type ArchiveIndex, entryAt } from "./archive.ts";
import type { ReadAt } from "./spool.ts";

/** An image in the archive that an engine's `save` made of it. */
export interface SavedImage {
  /** Its configuration, byte for byte, as its digest is what many engines take for its id. */
  config: Uint8Array<ArrayBuffer>;
  /** Path of that in the archive. */
  configPath: string;
  /** Its layers, the lowest first. */
  layers: SavedLayer[];
  /** Its index in the OCI layout, if the archive has one. */
  index?: OciIndex;
  /** What else the OCI layout has: manifests and the like, but no layers. */
  others: ArchiveEntry[];
}

/** A layer in an archive. */
export interface SavedLayer {
  /** Digest of its unpacked content. */
  digest: string;
  /** Path in the archive. */
  path: string;
  /** Where it is. It may be compressed. */
  entry: ArchiveEntry;
}

const manifestSchema = z.tuple([
  z.looseObject({ Config: z.string(), Layers: z.array(z.string()) }),
]);
const configSchema = z.looseObject({
  rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
});
const indexSchema = z.looseObject({
  manifests: z.tuple([
    z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }),
  ]),
});

/** The file `index.json` of an archive with one image. */
export type OciIndex = z.infer<typeof indexSchema>;

/** Longer ones are no descriptions of images. */
const longestText = 16 * 1024 * 1024;

/**
 * Finds the parts of the image in an archive. What engines write differs: Docker until 24 a folder
 * for each layer, later versions and those with containerd's store the OCI layout, Podman a file
 * for each layer, and all of them `manifest.json`, by which all can be read.
 *
 * @throws {KerekError} if it is not an archive of one image.
 */
export async function readSavedImage(index: ArchiveIndex, read: ReadAt): Promise<SavedImage> {
  const bytesOf = async (path: string) => {
    const { offset, size } = needed(index, path);
    if (offset === undefined || size > longestText) {
      throw new KerekError(`Cannot read ${path} of the archive: it is too long`);
    }
    return await read(offset, size);
  };
  const json = async <T>(path: string, schema: z.ZodType<T>) =>
    decode(schema, parseJson(new TextDecoder().decode(await bytesOf(path)), path), path);
  const [{ Config: configPath, Layers: paths }] = await json("manifest.json", manifestSchema);
  const config = await bytesOf(configPath);
  const { rootfs: { diff_ids: digests } } = await json(configPath, configSchema);
  if (paths.length !== digests.length) {
    throw new KerekError("Cannot read manifest.json: it names other layers than the image has");
  }
  const layers = paths.map((path, i) => ({
    digest: digests[i],
    path,
    entry: needed(index, path),
  }));
  const parts = new Set([configPath, ...paths]);
  return {
    config,
    configPath,
    layers,
    ...(index.has("index.json") ? { index: await json("index.json", indexSchema) } : {}),
    others: [...index.values()].filter(({ name }) =>
      (name === "oci-layout" || name.startsWith("blobs/")) && !parts.has(name)
    ),
  };
}

/** Whether a file of an archive is one of these layers, going by its name alone. */
export function isLayer(name: string, digests: readonly string[]): boolean {
  return digests.some((digest) => {
    const hash = digest.replace(/^sha256:/, "");
    return name === `blobs/sha256/${hash}` || name === `${hash}.tar`;
  });
}

function needed(index: ArchiveIndex, path: string): ArchiveEntry {
  const entry = entryAt(index, path);
  if (entry) return entry;
  throw new KerekError(`Cannot read the image's archive: ${path} is not in it`);
}
