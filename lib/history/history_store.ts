import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import { bareId } from "../engine/decode_containers.ts";
import type { Programs } from "../engine/programs.ts";
import { KerekError } from "../errors.ts";
import { findConfiguration, packConfiguration } from "./archive.ts";
import * as argv from "./argv.ts";
import { asciiJson, type Configuration, configurationSchema } from "./configuration.ts";
import { discardPrepared } from "./discard_prepared.ts";
import { type Entry, imagesOf, imagesOfItsOwn, isGood, nextNumber, surplus } from "./entry.ts";

const imageSchema = z.looseObject({
  Id: z.string(),
  Created: z.string(),
  /** Podman has none. */
  Metadata: z.looseObject({ LastTagTime: z.string().optional() }).nullish(),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

type Image = z.infer<typeof imageSchema>;

const entrySchema = z.object({
  owner: z.string(),
  outcome: z.enum(["done", "nothing", "untouched", "restored", "not-restored", "interrupted"]),
  durationMs: z.number().optional(),
  preparedAfterMs: z.number().optional(),
  rollbackTo: z.int().optional(),
  changed: z.array(z.string()),
  directory: z.string(),
  files: z.array(z.object({ path: z.string(), sha256: z.string() })),
  inactive: z.array(z.string()).optional(),
  services: z.array(z.object({
    name: z.string(),
    image: z.string(),
    imageId: z.string().optional(),
    digests: z.array(z.string()),
    revisions: z.array(z.string()),
    replicas: z.number(),
  })),
  stayed: z.array(z.string()).optional(),
  tried: z.array(z.object({
    name: z.string(),
    image: z.string(),
    imageId: z.string().optional(),
    revision: z.string().optional(),
  })).optional(),
});

/** An entry that has yet to get its number, and of which the engine has yet to say when it was. */
export type NewEntry = Omit<Entry, "at" | "number">;

/** An entry of a deploy that goes on: once it gets its number, the engine's times tell the rest. */
export interface Draft extends Omit<NewEntry, "durationMs"> {
  /** How long the deploy has taken so far, in milliseconds. */
  preparedAfterMs: number;
}

/** A {@linkcode Draft} that is an image on the engine. */
export interface Prepared {
  draft: Draft;
  /** Id of that image. */
  id: string;
}

/** An entry that is an image on the engine. */
export interface StoredEntry extends Entry {
  /** Id of that image. */
  id: string;
}

/**
 * A project's history on its engine. Each entry is an image that nothing can run: what is told of it
 * is in its labels, and the configuration in a file.
 */
export class HistoryStore {
  constructor(private readonly programs: Programs, readonly project: string) {}

  /** All entries, oldest first. */
  async list(): Promise<StoredEntry[]> {
    const ids = lines(await this.programs.readEngine(argv.listEntries(this.project)));
    const images = await this.inspect([...new Set(ids)]);
    return images.flatMap((image) => entryOf(image, this.project) ?? [])
      .sort((a, b) => a.number - b.number);
  }

  /**
   * What was deployed.
   *
   * @throws {KerekError} if it cannot be read.
   */
  async configuration({ id }: StoredEntry): Promise<Configuration> {
    const image = await this.programs.readEngineBytes(argv.saveImage(id));
    const json = await findConfiguration(image);
    return decode(configurationSchema, parseJson(json, "the history"), "the history");
  }

  /** Which of the images the engine has, without `sha256:`, and what registries call them. */
  async images(ids: string[]): Promise<Map<string, { digests: string[] }>> {
    const images = await this.inspect(ids.map((id) => `sha256:${id}`));
    return new Map(
      images.map(({ Id, RepoDigests }) => [
        bareId(Id),
        { digests: (RepoDigests ?? []).filter((name) => !isLocal(name)) },
      ]),
    );
  }

  /**
   * Makes an entry ahead, as it takes the engine a while. What an earlier deploy prepared, and died
   * before it could end it, goes.
   *
   * @param configuration What is being deployed.
   * @param elapsedMs How long the deploy has taken so far, in milliseconds.
   * @returns nothing if the engine does not tell when an image got its name.
   */
  async prepare(
    entry: Omit<Draft, "preparedAfterMs">,
    configuration: Configuration,
    elapsedMs: () => number,
  ): Promise<Prepared | undefined> {
    await discardPrepared(this.programs, this.project);
    const archive = await packConfiguration(asciiJson(configuration));
    const draft = { ...entry, preparedAfterMs: Math.round(elapsedMs()) };
    const id = (await this.import("next", draft, archive)).trim();
    const [image] = await this.inspect([id]);
    if (namedAt(image)) return { draft, id };
    await discardPrepared(this.programs, this.project);
  }

  /** Adds what was prepared; for the rest see {@linkcode add}. */
  async addPrepared({ draft, id }: Prepared, size?: number): Promise<number> {
    try {
      return await this.put(draft, size, async (number) => {
        const name = argv.entryName(this.project, number);
        await this.programs.writeEngine(argv.tagImage(id, name));
      });
    } finally {
      await discardPrepared(this.programs, this.project);
    }
  }

  /**
   * Adds an entry, and removes those that are too old then. Those that there are it looks up itself,
   * as another deploy may have added some: one that has broken this one's lock.
   *
   * @param configuration What was deployed, where that went well.
   * @param size How many are kept, of those that went well and of the others.
   * @returns its number.
   */
  async add(
    added: NewEntry,
    { configuration, size }: { configuration?: Configuration; size?: number },
  ): Promise<number> {
    const archive = await packConfiguration(configuration ? asciiJson(configuration) : "");
    return await this.put(added, size, async (number) => {
      await this.import(number, added, archive);
    });
  }

  private async put(
    added: NewEntry | Draft,
    size: number | undefined,
    make: (number: number) => Promise<void>,
  ): Promise<number> {
    const entries = await this.list();
    const number = nextNumber(entries);
    const known = new Set(entries.flatMap(imagesOf));
    // First the names, so that an entry never promises what may be pruned.
    await Promise.all(
      imagesOf(added).filter((id) => !known.has(id)).map((id) =>
        this.programs.writeEngine(argv.tagImage(`sha256:${id}`, argv.keptName(this.project, id)))
      ),
    );
    await make(number);
    await this.trim(entries, { durationMs: 0, at: "", ...added, number }, size);
    return number;
  }

  private async import(
    number: number | "next",
    entry: NewEntry | Draft,
    archive: Uint8Array<ArrayBuffer>,
  ): Promise<string> {
    const command = argv.importEntry(this.project, number, base64url(asciiJson(entry)));
    return await this.programs.writeEngine(command, { stdin: archive });
  }

  /** What cannot be removed yet is removed another time. */
  private async trim(entries: Entry[], added: Entry, size?: number): Promise<void> {
    for (const entry of surplus(entries, added, size)) {
      const others = [...entries.filter(({ number }) => number > entry.number), added];
      const names = isGood(entry)
        ? imagesOfItsOwn(entry, others).map((id) => argv.keptName(this.project, id))
        : [];
      const isFree = await Promise.all(names.map((name) => this.removeName(name)));
      if (!isFree.every(Boolean)) continue;
      await this.removeName(argv.entryName(this.project, entry.number));
    }
  }

  /** @returns whether it is gone. */
  private async removeName(name: string): Promise<boolean> {
    const { code, stderr } = await this.programs.tryEngine(argv.removeName(name));
    return code === 0 || /no such image|image not known/i.test(stderr);
  }

  /** Those of the images that are there. */
  private async inspect(ids: string[]): Promise<Image[]> {
    if (ids.length === 0) return [];
    const { stdout, stderr } = await this.programs.tryEngine(argv.inspectImages(ids));
    if (stdout.trim() === "") throw new KerekError(`Cannot read the history: ${stderr.trim()}`);
    return decode(z.array(imageSchema), parseJson(stdout, "the history"), "the history");
  }
}

/** Nothing for what is no entry, or one of a later version of kerek. */
function entryOf(image: Image, project: string): StoredEntry | undefined {
  const { Id, Created, RepoTags, Config } = image;
  const number = numberIn(RepoTags ?? [], project);
  if (number === undefined) return undefined;
  try {
    const text = Config?.Labels?.[argv.labels.entry] ?? "";
    const { durationMs, preparedAfterMs = 0, ...entry } = entrySchema.parse(
      JSON.parse(fromBase64url(text)),
    );
    const made = new Date(Created);
    if (durationMs !== undefined) {
      return { ...entry, number, durationMs, id: Id, at: made.toISOString() };
    }
    const named = namedAt(image) ?? made;
    const ownMs = preparedAfterMs + named.getTime() - made.getTime();
    return { ...entry, number, durationMs: ownMs, id: Id, at: named.toISOString() };
  } catch {
    return undefined;
  }
}

/** When an entry got its name, if the engine tells: it only knows when an image got its last one. */
function namedAt({ Created, Metadata, RepoTags }: Image): Date | undefined {
  if ((RepoTags ?? []).length > 1) return undefined;
  const named = new Date(Metadata?.LastTagTime ?? 0);
  // An engine that does not know gives a date long ago; to be named at once takes it no time.
  return named.getTime() >= new Date(Created).getTime() - 1000 ? named : undefined;
}

/** The number that an entry's name gives it; none while it is only prepared. */
function numberIn(names: string[], project: string): number | undefined {
  const start = argv.entryName(project, "next").replace(/next$/, "");
  const numbers = names.flatMap((name) => {
    // Podman puts `localhost/` in front.
    const [, number] = name.split(start);
    return number !== undefined && /^\d+$/.test(number) ? [Number(number)] : [];
  });
  return numbers.at(0);
}

/** Whether no registry can know the name, which some engines make up for each that an image has. */
const isLocal = (digest: string): boolean => /^localhost\/|^(.*\/)?kerek-kept@/.test(digest);

/** No word of it means anything to whoever reads labels as instructions. */
const base64url = (ascii: string): string =>
  btoa(ascii).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const fromBase64url = (text: string): string =>
  atob(text.replaceAll("-", "+").replaceAll("_", "/"));

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
