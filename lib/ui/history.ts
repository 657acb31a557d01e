import type { Entry } from "../history/entry.ts";
import { wrap } from "./width.ts";

/** What is printed of a history, see `lib/project_history.ts`. */
interface History {
  project: string;
  entries: Entry[];
  goneImages: string[];
}

/**
 * A history as lines for people, oldest first, so that the latest is next to the prompt; what is too
 * long for so many columns goes on below.
 */
export function historyLines({ entries, goneImages }: History, columns = Infinity): string[] {
  const gone = new Set(goneImages);
  const rows = [
    ["N", "WHEN", "WHO", "OUTCOME", "WHAT"],
    ...entries.map((entry) => [
      String(entry.number),
      `${entry.at.slice(0, 19)}Z`,
      entry.owner,
      entry.outcome,
      what(entry, gone),
    ]),
  ];
  const widths = rows[0].slice(0, -1)
    .map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const left = widths.reduce((sum, width) => sum + width + 2, 0);
  return rows.flatMap((row) => {
    const [first, ...more] = wrap(row.at(-1)!, Math.max(leastWhat, columns - left));
    const head = widths.map((width, i) => `${row[i].padEnd(width)}  `).join("");
    return [`${head}${first}`.trimEnd(), ...more.map((text) => " ".repeat(left) + text)];
  });
}

/** Columns that the last column of the table has at least. */
const leastWhat = 24;

function what(entry: Entry, gone: Set<string>): string {
  const lacks = entry.services.filter(({ imageId }) => imageId && gone.has(imageId))
    .map(({ name }) => name);
  return [
    ...(entry.rollbackTo === undefined ? [] : [`back to ${entry.rollbackTo}:`]),
    changesText(entry),
    ...(entry.stayed ? [`[done all the same: ${entry.stayed.join(", ")}]`] : []),
    ...(lacks.length > 0 ? [`[image gone: ${lacks.join(", ")}]`] : []),
  ].join(" ");
}

/**
 * Services that have changed, with their config hashes as `kerek status` has them, and what of;
 * those of one image together.
 */
function changesText({ changed, services, tried = [] }: Entry): string {
  const known = new Map([
    // Of a rollback that pinned an image, the hash of then, by which it is known again.
    ...services.map((service) =>
      [service.name, { ...service, revision: service.revisions.at(-1) }] as const
    ),
    ...tried.map((service) => [service.name, service] as const),
  ]);
  const groups = new Map<string, string[]>();
  for (const name of changed) {
    const { image = "", imageId, revision } = known.get(name) ?? {};
    const text = [image, imageId?.slice(0, 12)].filter((x) => x).join(" ");
    const named = [name, revision?.slice(0, 7)].filter((x) => x).join(" ");
    groups.set(text, [...groups.get(text) ?? [], named]);
  }
  return [...groups].map(([image, names]) => names.join(", ") + (image ? ` (${image})` : ""))
    .join("; ");
}

/** A history for programs, oldest first. */
export function historyValue({ project, entries, goneImages }: History) {
  const gone = new Set(goneImages);
  return {
    project,
    entries: entries.map((entry) => ({
      number: entry.number,
      at: entry.at,
      owner: entry.owner,
      outcome: entry.outcome,
      durationMs: entry.durationMs,
      rollbackTo: entry.rollbackTo ?? null,
      changed: entry.changed,
      directory: entry.directory,
      files: entry.files.map(({ path, sha256 }) => ({ path, sha256 })),
      services: entry.services.map(({ name, image, imageId, digests, revisions, replicas }) => ({
        name,
        image,
        imageId: imageId === undefined ? null : `sha256:${imageId}`,
        isImageGone: imageId !== undefined && gone.has(imageId),
        digests,
        configHash: revisions[0] ?? null,
        replicas,
      })),
      ...entry.stayed ? { stayed: entry.stayed } : {},
      ...entry.tried
        ? {
          tried: entry.tried.map(({ name, image, imageId, revision }) => ({
            name,
            image,
            imageId: imageId === undefined ? null : `sha256:${imageId}`,
            configHash: revision ?? null,
          })),
        }
        : {},
    })),
  };
}
