import type { Entry } from "../history/entry.ts";

/** What is printed of a history, see `lib/project_history.ts`. */
interface History {
  project: string;
  entries: Entry[];
  goneImages: string[];
}

/** A history as lines for people, oldest first, so that the latest is next to the prompt. */
export function historyLines({ entries, goneImages }: History): string[] {
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
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((text, i) => text.padEnd(widths[i])).join("  ").trimEnd());
}

function what(entry: Entry, gone: Set<string>): string {
  const byName = new Map(entry.services.map((service) => [service.name, service]));
  const changes = entry.changed.map((name) => {
    const { image, imageId } = byName.get(name) ?? {};
    if (image === undefined) return name;
    return `${name} (${image}${imageId ? ` ${imageId.slice(0, 12)}` : ""})`;
  });
  const lacks = entry.services.filter(({ imageId }) => imageId && gone.has(imageId))
    .map(({ name }) => name);
  return [
    ...(entry.rollbackTo === undefined ? [] : [`back to ${entry.rollbackTo}:`]),
    changes.join(", "),
    ...(lacks.length > 0 ? [`[image gone: ${lacks.join(", ")}]`] : []),
  ].join(" ");
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
    })),
  };
}
