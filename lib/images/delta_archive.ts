import type { ArchiveEntry } from "./archive.ts";
import type { OciIndex, SavedImage } from "./saved_image.ts";

/** A file of an archive that is to be made. */
export interface NewEntry {
  name: string;
  /** Its bytes, or where in another archive they are. */
  content: Uint8Array<ArrayBuffer> | ArchiveEntry;
}

/**
 * The archive by which an engine gets an image without layers that it has already. It is in the
 * OCI layout, which all engines take with blobs left out; an empty file in the place of one would
 * be taken for the layer by some. Beside it is `manifest.json`, which classic ones go by.
 *
 * @param name Name by which the engine is to know the image.
 * @param digest SHA-256 of bytes, in hexadecimal.
 */
export async function deltaArchive(
  saved: SavedImage,
  omitted: readonly string[],
  name: string,
  digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>,
): Promise<NewEntry[]> {
  const parts = saved.index
    ? { ...saved, index: saved.index, layout: [] }
    : await inOciLayout(saved, digest);
  const left = parts.layers.filter((layer) => !omitted.includes(layer.digest));
  const manifest = [{
    Config: parts.configPath,
    RepoTags: [name],
    Layers: parts.layers.map(({ path }) => path),
  }];
  return once([
    ...parts.layout,
    ...parts.others.map((entry) => ({ name: entry.name, content: entry })),
    { name: parts.configPath, content: parts.config },
    ...left.map(({ path, entry }) => ({ name: path, content: entry })),
    { name: "index.json", content: json(named(parts.index, name)) },
    { name: "manifest.json", content: json(manifest) },
  ]);
}

/** How many bytes of content an archive has. */
export const contentSize = (entries: NewEntry[]): number =>
  entries.reduce((sum, { content }) => sum + sizeOf(content), 0);

/** Length of an entry's content, in bytes. */
export const sizeOf = (content: NewEntry["content"]): number =>
  content instanceof Uint8Array ? content.length : content.size;

/** The same image in that layout. Layers are not compressed in the archives that have another. */
async function inOciLayout(
  { config, layers }: SavedImage,
  digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>,
) {
  const configDigest = await digest(config);
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaType("manifest.v1+json"),
    config: {
      mediaType: mediaType("config.v1+json"),
      digest: `sha256:${configDigest}`,
      size: config.length,
    },
    layers: layers.map(({ digest, entry }) => ({
      mediaType: mediaType("layer.v1.tar"),
      digest,
      size: entry.size,
    })),
  });
  const manifestDigest = await digest(manifest);
  const index: OciIndex = {
    schemaVersion: 2,
    mediaType: mediaType("index.v1+json"),
    manifests: [{
      mediaType: mediaType("manifest.v1+json"),
      digest: `sha256:${manifestDigest}`,
      size: manifest.length,
    }],
  };
  return {
    layout: [
      { name: "oci-layout", content: json({ imageLayoutVersion: "1.0.0" }) },
      { name: blob(manifestDigest), content: manifest },
    ],
    config,
    configPath: blob(configDigest),
    layers: layers.map((layer) => ({ ...layer, path: blob(layer.digest.replace(/^.*:/, "")) })),
    others: [],
    index,
  };
}

/** An index that says what the image is called; engines read the one or the other annotation. */
function named(index: OciIndex, name: string): OciIndex {
  const [{ annotations, ...manifest }] = index.manifests;
  return {
    ...index,
    manifests: [{
      ...manifest,
      annotations: {
        ...annotations,
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name,
      },
    }],
  };
}

/** The first entry of each name: the same layer may be in an image more than once. */
const once = (entries: NewEntry[]): NewEntry[] =>
  [
    ...new Map(entries.toReversed().map((entry) => [entry.name, entry])).values(),
  ].reverse();

const mediaType = (kind: string): string => `application/vnd.oci.image.${kind}`;

const blob = (digest: string): string => `blobs/sha256/${digest}`;

const json = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(value));
