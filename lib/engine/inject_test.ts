import assert from "node:assert/strict";
import type { InjectedFile } from "./decode_project.ts";
import { injectFiles } from "./inject.ts";
import { Programs } from "./programs.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const clients = {
  engine: ["docker"],
  compose: ["docker", "compose"],
  composeAlone: ["docker", "compose"],
  isPodman: false,
};
const secret = "s3cr3t=äöü\nline two\n";

const content = (text: string): InjectedFile["source"] => ({ kind: "content", content: text });
const variable = (name: string): InjectedFile["source"] => ({
  kind: "environment",
  variable: name,
});

function file(target: string, source: InjectedFile["source"], more = {}): InjectedFile {
  return { target, source, uid: 0, gid: 0, mode: 0o444, ...more };
}

async function inject(
  files: InjectedFile[],
  { variables, env = {} }: {
    variables?: Record<string, string>;
    env?: Record<string, string>;
  } = {},
) {
  const spawner = new FakeSpawner({ variables });
  await injectFiles(new Programs(clients, spawner), "id1", files, (name) => env[name]);
  const write = spawner.calls.find(({ kind }) => kind === "write");
  return { spawner, entries: write && entriesOf(write.stdin as Uint8Array) };
}

/** Entries of a tar archive (POSIX ustar), read here without the library that wrote it. */
function entriesOf(archive: Uint8Array) {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(archive.subarray(from, from + length)).replace(/\0.*$/s, "");
  const octal = (from: number, length: number) => parseInt(text(from, length).trim(), 8);
  const entries = [];
  for (let at = 0; archive[at]; at += 512 + Math.ceil(octal(at + 124, 12) / 512) * 512) {
    entries.push({
      name: text(at, 100),
      mode: octal(at + 100, 8),
      uid: octal(at + 108, 8),
      gid: octal(at + 116, 8),
      body: new TextDecoder().decode(archive.subarray(at + 512, at + 512 + octal(at + 124, 12))),
      isFile: archive[at + 156] === "0".charCodeAt(0),
    });
  }
  return entries;
}

Deno.test("files go into the container as an archive, with owner and mode", async () => {
  const { spawner, entries } = await inject([
    file("/greeting", content("hi ü\n")),
    file("/etc/token", content(""), { uid: 103, gid: 104, mode: 0o440 }),
    file("/run/secrets/password", variable("PASSWORD"), { mode: 0o400 }),
  ], { variables: { PASSWORD: "x" } });
  const root = { uid: 0, gid: 0, isFile: true };
  assert.deepEqual(entries, [
    { ...root, name: "greeting", mode: 0o444, body: "hi ü\n" },
    { ...root, name: "etc/token", mode: 0o440, body: "", uid: 103, gid: 104 },
    { ...root, name: "run/secrets/password", mode: 0o400, body: "x" },
  ]);
  assert.deepEqual(spawner.lines(), [
    "docker compose config --environment",
    "docker cp --archive - id1:/",
  ]);
});

Deno.test("a secret is in no command line", async () => {
  const { spawner, entries } = await inject([file("/s", variable("TOKEN"))], {
    variables: { TOKEN: secret },
    env: { TOKEN: secret },
  });
  assert.equal(entries![0].body, secret);
  for (const { argv } of spawner.calls) {
    assert.ok(argv.every((word) => !word.includes("s3cr3t") && !word.includes("line two")));
  }
});

Deno.test("variables are those of the process, and then those of environment files", async () => {
  const cases: [env: Record<string, string>, file: string, expected: string][] = [
    [{ A: "own" }, "of file", "own"],
    [{}, "of file", "of file"],
    [{ A: "" }, "of file", ""],
    [{}, "a=b", "a=b"],
    [{}, "two\nlines", "two\nlines"],
    [{}, "", ""],
  ];
  for (const [env, value, expected] of cases) {
    const variables = { BEFORE: "x", A: value, ZZ: "y" };
    const { entries } = await inject([file("/a", variable("A"))], { env, variables });
    assert.equal(entries![0].body, expected);
  }
});

Deno.test("a variable that is not set is an error that names it, and nothing is written", async () => {
  await assert.rejects(inject([file("/run/secrets/t", variable("TOKEN"))], { variables: {} }), {
    name: "KerekError",
    message: "variable TOKEN, the content of /run/secrets/t, is not set",
    hint: "Set it in the environment, or in a file that --env-file names.",
  });
});

Deno.test("with a Compose that is too old to need it, nothing is put in", async () => {
  const { spawner, entries } = await inject([file("/s", variable("TOKEN"))], {
    env: { TOKEN: secret },
  });
  assert.equal(entries, undefined);
  assert.deepEqual(spawner.lines(), ["docker compose config --environment"]);
});

Deno.test("contents alone need no variables", async () => {
  const { spawner } = await inject([file("/c", content("x"))]);
  assert.deepEqual(spawner.lines(), ["docker cp --archive - id1:/"]);
});
