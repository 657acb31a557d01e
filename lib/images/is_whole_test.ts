import assert from "node:assert/strict";
import { packTar } from "../deps/tar.ts";
import type { Pipe } from "../engine/pipe.ts";
import { Programs } from "../engine/programs.ts";
import { isWhole } from "./is_whole.ts";

const manifest = JSON.stringify([{ Layers: ["blobs/a", "blobs/b"] }]);
const layer = "x".repeat(100_000);
const statement = JSON.stringify({ bill: "of materials ".repeat(10_000) });

const cases: [what: string, files: Record<string, string>, expected: boolean][] = [
  ["a large layer is enough", { "blobs/a": layer }, true],
  ["small layers have to be all there", {
    "blobs/a": "a",
    "blobs/b": "b",
    "manifest.json": manifest,
  }, true],
  ["one that lacks is noticed", { "blobs/a": "a", "manifest.json": manifest }, false],
  ["descriptions alone are nothing", { "blobs/c": "{}", "index.json": "{}" }, false],
  ["nor are they if they are long", { "blobs/c": statement, "manifest.json": "[]" }, false],
  ["an engine that prints nothing has nothing", {}, false],
];

for (const [what, files, expected] of cases) {
  Deno.test(what, async () => {
    const archive = await packTar(
      Object.entries(files).map(([name, body]) => ({
        header: { name, size: body.length },
        body,
      })),
    );
    const argvs: string[][] = [];
    const pipe: Pipe = async (given, { consume } = {}) => {
      argvs.push(...given);
      await consume!(new Blob([archive]).stream());
      return [{ code: 0, stdout: "", stderr: "" }];
    };
    const clients = { engine: ["docker"], compose: [], composeAlone: [], isPodman: false };
    const unused = () => Promise.reject(new Error("not expected"));
    const stream = () => ({ ended: Promise.resolve(), end: unused });
    const destination = new Programs(clients, { read: unused, write: unused, stream, pipe });
    const { signal } = new AbortController();
    assert.equal(await isWhole("app:1", { destination, pipe, signal }), expected);
    assert.deepEqual(argvs, [["docker", "save", "--", "app:1"]]);
  });
}
