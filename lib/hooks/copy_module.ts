import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transformSync } from "../deps/amaro.ts";
import { init, parse } from "../deps/es_module_lexer.ts";
import { KerekError } from "../errors.ts";
import { fileReason } from "../file_reason.ts";
import { ownModule, textSuffix } from "./embedded.ts";
import type { ModuleCopy } from "./protocol.ts";

/** Names by which hooks import what they are written with. */
const sdkNames = /^(kerek|jsr:@kerek\/kerek(@[^/]+)?)$/;

/** Modules that only a runtime with a cache of its own can get. */
const remote = /^(npm|jsr|https?):/;

/** A file that is to be copied. */
interface Source {
  url: URL;
  /** Where it is imported, such as `/app/hooks.ts:1:8`; absent for the module itself. */
  from?: string;
}

/**
 * Copies a hook module, and the files that it imports by relative paths, into `folder` and takes
 * the types out of them, as a compiled kerek's runtime cannot. Each keeps its path below `folder`
 * and each word its line and column, so that what is said about the copies is true of the files.
 *
 * @throws {KerekError} if a file is missing, or no TypeScript whose types can be taken out.
 */
export async function copyModule(module: string, url: URL, folder: string): Promise<ModuleCopy> {
  await init;
  const seen = new Set<string>();
  const queue: Source[] = [{ url }];
  let usesShell = false;
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (seen.has(next.url.href)) continue;
    seen.add(next.url.href);
    const path = copyPath(next.url, folder);
    await Deno.mkdir(dirname(path), { recursive: true });
    const text = await read(module, next);
    if (next.url.pathname.endsWith(".json")) {
      await Deno.writeTextFile(path, text);
    } else {
      const { code, imports, hasOthers } = rewrite(module, next.url, text);
      queue.push(...imports);
      // Whoever uses `ctx.$` writes it somewhere, besides the `${` of texts.
      usesShell ||= hasOthers || /\$(?!\{)/.test(code);
      await Deno.writeTextFile(path, code);
    }
  }
  return { url: pathToFileURL(copyPath(url, folder)).href, usesShell };
}

/** A file's path as users know it. */
export const shownPath = (url: URL): string =>
  url.protocol === "file:" ? fileURLToPath(url) : url.href;

/** A module's path without what only keeps it from being compiled. */
const sourceName = ({ pathname }: URL): string =>
  pathname.endsWith(textSuffix) ? pathname.slice(0, -textSuffix.length) : pathname;

function copyPath(url: URL, folder: string): string {
  return folder + decodeURIComponent(sourceName(url)).replaceAll(":", "");
}

async function read(module: string, { url, from }: Source): Promise<string> {
  try {
    if (url.protocol === "file:") return await Deno.readTextFile(url);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.text();
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const reason = isMissing ? "there is no such file" : fileReason(error);
    const place = from === undefined ? shownPath(url) : `${from} imports ${shownPath(url)}`;
    throw cannotLoad(module, `${place}: ${reason}`, from === undefined && isMissing ? hint : {});
  }
}

const hint = {
  hint: "A path in x-kerek.hooks is relative to the project directory, one of --hook to the " +
    "current folder.",
};

/** A module without its types. */
interface Rewritten {
  code: string;
  /** Files that it imports. */
  imports: Source[];
  /** Whether it imports what is not copied. */
  hasOthers: boolean;
}

function rewrite(module: string, url: URL, text: string): Rewritten {
  const code = /\.[mc]?ts$/.test(sourceName(url)) ? strip(module, url, text) : text;
  const imports: Source[] = [];
  let [result, end, hasOthers] = ["", 0, false];
  for (const { n: name, s: start, e: stop, d: dynamic } of importsOf(code)) {
    if (name === undefined) continue;
    const from = `${shownPath(url)}:${place(code, start)}`;
    if (sdkNames.test(name)) {
      const quote = dynamic >= 0 ? '"' : "";
      result += `${code.slice(end, start)}${quote}${ownModule("lib/hooks/sdk")}${quote}`;
      end = stop;
    } else if (/^\.{0,2}\//.test(name) || name.startsWith("file:")) {
      imports.push({ url: importedFrom(url, name), from });
    } else if (remote.test(name) && Deno.build.standalone) {
      throw cannotLoad(module, `${from} imports ${name}, which a compiled kerek cannot get`, {
        hint: "Bundle it into the module, for example by `deno bundle`, or run kerek by Deno.",
      });
    } else if (!name.startsWith("node:") && !remote.test(name)) {
      throw cannotLoad(module, `${from} imports "${name}", which is nothing that hooks can`, {
        hint: 'Hooks can import "kerek", files by relative paths, node:, npm: and jsr: modules.',
      });
    } else {
      hasOthers ||= remote.test(name);
    }
  }
  return { code: result + code.slice(end), imports, hasOthers };
}

/** What a module of kerek's own imports is embedded as text, too. */
function importedFrom(url: URL, name: string): URL {
  const isText = url.pathname.endsWith(textSuffix) && url.protocol === "file:" &&
    Deno.build.standalone;
  return new URL(isText ? `${name}${textSuffix}` : name, url);
}

function strip(module: string, url: URL, text: string): string {
  try {
    return transformSync(text, { mode: "strip-only", filename: shownPath(url) }).code;
  } catch (error) {
    const { message, startLine, startColumn } = error as Record<string, unknown>;
    const at = startLine ? `:${startLine}:${Number(startColumn) + 1}` : "";
    throw cannotLoad(module, `${shownPath(url)}${at}: ${message ?? error}`);
  }
}

/** What the lexer cannot read, the runtime will have more to say of. */
function importsOf(code: string) {
  try {
    return parse(code)[0];
  } catch {
    return [];
  }
}

/** Line and column of an offset, from 1. */
function place(code: string, offset: number): string {
  const before = code.slice(0, offset).split("\n");
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

/** The error for a hook module that cannot be used. */
export function cannotLoad(module: string, reason: string, options = {}): KerekError {
  return new KerekError(`Cannot load the hooks of ${module}: ${reason}`, options);
}
