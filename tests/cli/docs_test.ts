/** What the documentation links to is there, and kerek takes the command lines that it shows. */
import assert from "node:assert/strict";
import { FakeIo } from "../../lib/cli/fake_io.ts";
import { parse } from "../../lib/cli/parse.ts";

const root = new URL("../../", import.meta.url);

/** All documents, by their path. */
const documents = new Map<string, string>();
for (const folder of ["", "docs/", "bench/", "hooks/", "examples/"]) await collect(folder);
for await (const { name, isDirectory } of Deno.readDir(new URL("examples/", root))) {
  if (isDirectory) await collect(`examples/${name}/`);
}

async function collect(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(new URL(folder, root))) {
    if (!name.endsWith(".md")) continue;
    documents.set(folder + name, await Deno.readTextFile(new URL(folder + name, root)));
  }
}

const withoutCode = (text: string): string =>
  text.replaceAll(/^( *)```[^]*?^\1```/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** Anchors of headings, as GitHub makes them. */
function anchors(text: string): Set<string> {
  const headings = [...text.replaceAll(/^( *)```[^]*?^\1```/gm, "").matchAll(/^#+ (.*)$/gm)];
  return new Set(
    headings.map(([_, heading]) =>
      heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-")
    ),
  );
}

Deno.test("links of the documentation lead somewhere", async () => {
  const broken: string[] = [];
  for (const [path, text] of documents) {
    for (const [_, link] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file, anchor] = link.split("#");
      const target = file === ""
        ? path
        : new URL(file, new URL(path, root)).href.slice(root.href.length);
      const isThere = await Deno.stat(new URL(target, root)).then(() => true, () => false);
      const hasAnchor = !anchor || anchors(documents.get(target) ?? "").has(anchor);
      if (!isThere || !hasAnchor) broken.push(`${path}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

const callAt = /(?:^ *(?:- )?|[|&;(:] *|\$ |[A-Z_]+=\S* )((?:kerek|docker deploy) [^|&;>#)]*)/;

/** Lines such as `FOO=1 docker compose config | kerek --host x transfer-images -`. */
function* commandLines(text: string): Generator<string> {
  for (const [_, block] of text.matchAll(/^ *```(?:sh|console|yaml)\n([^]*?)^ *```/gm)) {
    for (const line of block.replaceAll("\\\n", " ").split("\n")) {
      const call = callAt.exec(line);
      if (call) yield call[1].trim();
    }
  }
}

Deno.test("kerek takes the command lines that the documentation shows", () => {
  let count = 0;
  for (const [path, text] of documents) {
    for (const line of commandLines(text)) {
      count++;
      const words = (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [])
        .map((word) => word.replaceAll(/['"]/g, ""));
      const isPlugin = words[0] === "docker";
      const io = new FakeIo(isPlugin ? { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: "docker" } : {});
      assert.doesNotThrow(() => parse(words.slice(1), io), `${path}: ${line}`);
    }
  }
  assert.ok(count > 30, `${count} command lines were found`);
});

Deno.test("options that the documentation names exist", () => {
  const reference = documents.get("docs/reference.md")!;
  const known = new Set(reference.match(/--[a-z][a-z-]+/g));
  const unknown: string[] = [];
  for (const path of ["README.md", "docs/configuration.md", "docs/display.md", "docs/hosts.md"]) {
    const text = documents.get(path)!.replaceAll(/^( *)```[^]*?^\1```/gm, "");
    for (const [_, option] of text.matchAll(/`(--[a-z][a-z-]+)[^`]*`/g)) {
      if (!known.has(option)) unknown.push(`${path}: ${option}`);
    }
  }
  assert.deepEqual(unknown, []);
});

Deno.test("messages that troubleshooting is about are kerek's", async () => {
  const source = await allSource(new URL("lib/", root));
  const headings = [...documents.get("docs/troubleshooting.md")!.matchAll(/^### `(.*)`$/gm)];
  const missing = headings.flatMap(([_, heading]) => heading.split(/…|: /))
    .map((piece) => piece.trim())
    .filter((piece) => piece.length > 7 && !source.includes(piece));
  assert.deepEqual(missing, []);
});

async function allSource(folder: URL): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await allSource(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) {
      text += await Deno.readTextFile(new URL(name, folder));
    }
  }
  return text;
}
