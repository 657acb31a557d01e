import type { Entry, KeptService } from "./entry.ts";

/** An entry for tests; `services` are written like `web:a:1`, by name, config hash and image. */
export function entry(
  number: number,
  services: string[],
  others: Partial<Entry> = {},
): Entry {
  return {
    number,
    at: "2026-01-02T03:04:05.000Z",
    owner: "ops@web1",
    outcome: services.length > 0 ? "done" : "restored",
    durationMs: 1000,
    changed: [],
    directory: "/srv/shop",
    files: [],
    services: services.map(kept),
    ...others,
  };
}

/** A service of {@linkcode entry}. */
export function kept(text: string): KeptService {
  const [name, revision, imageId] = text.split(":");
  return {
    name,
    image: `${name}:latest`,
    ...(imageId ? { imageId } : {}),
    digests: [],
    revisions: revision ? revision.split("+") : [],
    replicas: 1,
  };
}
