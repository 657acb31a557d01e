/** From what each kind of engine saves to what all of them take, through a file on disk. */
import assert from "node:assert/strict";
import { packTar } from "../deps/tar.ts";
import { archiveStream } from "./archive_stream.ts";
import { contentSize, deltaArchive } from "./delta_archive.ts";
import { isLayer, readSavedImage } from "./saved_image.ts";
import { type Spool, spoolArchive } from "./spool.ts";

const layers = ["bottom ".repeat(300), "middle", "top"];
const digests = await Promise.all(layers.map(digestOf));
const config = JSON.stringify({
  os: "linux",
  rootfs: { type: "layers", diff_ids: digests.map((digest) => `sha256:${digest}`) },
});
const configDigest = await digestOf(config);

type Files = Record<string, string | { link: string }>;

const manifest = (config: string, layers: string[]) =>
  JSON.stringify([{ Config: config, RepoTags: ["app:1"], Layers: layers }]);

const blob = (digest: string) => `blobs/sha256/${digest}`;

/** What engines save, in short. */
const archives: Record<string, Files> = {
  "Docker until 24": {
    "f1/layer.tar": layers[0],
    "f1/VERSION": "1.0",
    "f2/layer.tar": layers[1],
    "f3/layer.tar": { link: "../f4/layer.tar" },
    "f4/layer.tar": layers[2],
    [`${configDigest}.json`]: config,
    "manifest.json": manifest(
      `${configDigest}.json`,
      ["f1/layer.tar", "f2/layer.tar", "f3/layer.tar"],
    ),
  },
  "Podman": {
    ...Object.fromEntries(layers.map((layer, i) => [`${digests[i]}.tar`, layer])),
    [`${configDigest}.json`]: config,
    "f1/layer.tar": { link: `../${digests[0]}.tar` },
    "manifest.json": manifest(`${configDigest}.json`, digests.map((digest) => `${digest}.tar`)),
  },
  "Docker from 25 on": {
    [blob(configDigest)]: config,
    ...Object.fromEntries(layers.map((layer, i) => [blob(digests[i]), layer])),
    [blob("77")]: "its own manifest",
    "index.json": JSON.stringify({
      schemaVersion: 2,
      manifests: [{
        digest: "sha256:77",
        size: 16,
        annotations: { "io.containerd.image.name": "docker.io/library/app:1", other: "kept" },
      }],
    }),
    "manifest.json": manifest(blob(configDigest), digests.map(blob)),
    "oci-layout": `{"imageLayoutVersion": "1.0.0"}`,
    repositories: "{}",
  },
};

for (const [engine, files] of Object.entries(archives)) {
  Deno.test(`an archive without some layers is made of one by ${engine}`, async () => {
    const omitted = [`sha256:${digests[0]}`, `sha256:${digests[2]}`];
    const { texts, bytes, size } = await delta(files, omitted);
    const others = texts.size - 5;
    assert.equal(others, 1, [...texts.keys()].join(" "));
    assert.equal(texts.get(blob(configDigest)) ?? texts.get(`${configDigest}.json`), config);
    const [{ Config, RepoTags, Layers }] = JSON.parse(texts.get("manifest.json")!);
    assert.equal(texts.get(Config), config);
    assert.deepEqual(RepoTags, ["incoming:1"]);
    assert.deepEqual(Layers, digests.map(blob));
    assert.deepEqual(Layers.map((path: string) => texts.get(path)), [
      undefined,
      layers[1],
      undefined,
    ]);
    assert.ok(texts.has("oci-layout"));
    const { manifests: [described] } = JSON.parse(texts.get("index.json")!);
    assert.equal(described.annotations["io.containerd.image.name"], "incoming:1");
    assert.equal(described.annotations["org.opencontainers.image.ref.name"], "incoming:1");
    if (engine === "Docker from 25 on") {
      assert.equal(described.annotations.other, "kept");
      assert.equal(texts.get(blob("77")), "its own manifest");
    } else {
      const made = texts.get(blob(described.digest.replace("sha256:", "")))!;
      assert.equal(`sha256:${await digestOf(made)}`, described.digest);
      assert.equal(made.length, described.size);
      const { config: named, layers: all } = JSON.parse(made);
      assert.deepEqual([named.digest, named.size], [`sha256:${configDigest}`, config.length]);
      assert.deepEqual(
        all.map(({ digest, size }: { digest: string; size: number }) => [digest, size]),
        layers.map((layer, i) => [`sha256:${digests[i]}`, layer.length]),
      );
    }
    assert.equal(size, [...texts.values()].join("").length);
    assert.ok(bytes > size);
  });
}

Deno.test("what cannot be an image's archive is refused", async () => {
  const files = archives["Docker until 24"];
  const two = JSON.parse(files["manifest.json"] as string);
  const bad: [Files, RegExp][] = [
    [{}, /manifest\.json is not in it/],
    [{ "manifest.json": "{" }, /Cannot read manifest\.json: it is not JSON/],
    [{ ...files, "manifest.json": JSON.stringify([...two, ...two]) }, /Cannot read manifest\.json/],
    [{ ...files, "manifest.json": manifest(`${configDigest}.json`, []) }, /names other layers/],
    [{ ...files, "f4/layer.tar": { link: "../f3/layer.tar" } }, /f3\/layer\.tar is not in it/],
  ];
  for (const [files, message] of bad) await assert.rejects(delta(files, []), { message });
});

Deno.test("an archive that ends early is refused", async () => {
  const whole = await pack(archives["Podman"]);
  const cut = new Blob([whole.slice(0, 700)]).stream();
  await assert.rejects(spoolArchive(cut, () => false));
});

Deno.test("layers are told by names that are their digests", () => {
  const digest = digests[0];
  assert.equal(isLayer(blob(digest), [`sha256:${digest}`]), true);
  assert.equal(isLayer(`${digest}.tar`, [`sha256:${digest}`]), true);
  assert.equal(isLayer(`${digest}/layer.tar`, [`sha256:${digest}`]), false);
  assert.equal(isLayer(blob(digests[1]), [`sha256:${digest}`]), false);
});

async function delta(files: Files, omitted: string[]) {
  const archive = new Blob([await pack(files)]).stream();
  const spool = await spoolArchive(archive, (name) => isLayer(name, omitted));
  try {
    const saved = await readSavedImage(spool.index, spool.read);
    const entries = await deltaArchive(saved, omitted, "incoming:1", digestOf);
    const bytes = await new Response(archiveStream(entries, spool.read)).bytes();
    return { texts: await textsOf(bytes), bytes: bytes.length, size: contentSize(entries) };
  } finally {
    await spool.close();
  }
}

async function textsOf(archive: Uint8Array<ArrayBuffer>): Promise<Map<string, string>> {
  const { index, read, close }: Spool = await spoolArchive(
    new Blob([archive]).stream(),
    () => false,
  );
  const texts = new Map<string, string>();
  for (const { name, offset, size } of index.values()) {
    texts.set(name, new TextDecoder().decode(await read(offset!, size)));
  }
  await close();
  return texts;
}

async function pack(files: Files): Promise<Uint8Array<ArrayBuffer>> {
  return await packTar(
    Object.entries(files).map(([name, content]) =>
      typeof content === "string"
        ? { header: { name, size: content.length, type: "file" }, body: content }
        : { header: { name, size: 0, type: "symlink", linkname: content.link } }
    ),
  );
}

async function digestOf(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
