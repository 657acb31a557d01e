import assert from "node:assert/strict";
import { historyLines, historyValue } from "./history.ts";

const base = {
  at: "2026-01-02T03:04:05.678Z",
  owner: "ops@web1",
  durationMs: 1000,
  directory: "/srv/shop",
  files: [{ path: "/srv/shop/compose.yaml", sha256: "f00" }],
};
const web = (imageId: string) => ({
  name: "web",
  image: "app:latest",
  imageId,
  digests: [`app@sha256:${imageId}`],
  revisions: ["c0ffee", "beef0123456789"],
  replicas: 2,
});
const job = { name: "job", image: "job:1", digests: [], revisions: [], replicas: 0 };
const tried = [{
  name: "web",
  image: "app:latest",
  imageId: "cccccccccccccccc",
  revision: "face0123456789",
}];
const history = {
  project: "shop",
  entries: [
    {
      ...{ ...base, number: 9, outcome: "done" as const, changed: ["web"] },
      services: [web("aaaaaaaaaaaaaaaa"), job],
    },
    {
      ...base,
      number: 10,
      outcome: "not-restored" as const,
      changed: ["web"],
      services: [],
      tried,
      stayed: ["web"],
    },
    {
      ...{ ...base, number: 11, outcome: "done" as const, rollbackTo: 9, changed: ["web", "job"] },
      services: [web("bbbbbbbbbbbbbbbb"), job],
    },
  ],
  goneImages: ["bbbbbbbbbbbbbbbb"],
};

Deno.test("a history is a table, the latest last", () => {
  assert.deepEqual(historyLines(history), [
    "N   WHEN                  WHO       OUTCOME       WHAT",
    "9   2026-01-02T03:04:05Z  ops@web1  done          web beef012 (app:latest aaaaaaaaaaaa)",
    "10  2026-01-02T03:04:05Z  ops@web1  not-restored  web face012 (app:latest cccccccccccc) " +
    "[done all the same: web]",
    "11  2026-01-02T03:04:05Z  ops@web1  done          back to 9: " +
    "web beef012 (app:latest bbbbbbbbbbbb); job (job:1) [image gone: web]",
  ]);
  assert.deepEqual(historyLines(history, 80).slice(6), [
    "11  2026-01-02T03:04:05Z  ops@web1  done          back to 9: web beef012",
    "                                                  (app:latest bbbbbbbbbbbb); job",
    "                                                  (job:1) [image gone: web]",
  ]);
  const of = (services: object[], changed: string[]) =>
    historyLines({
      ...history,
      entries: [{ ...history.entries[0], services, changed } as typeof history.entries[0]],
    })[1].slice(44);
  // Services of one image need it only once.
  assert.equal(
    of([web("a"), { ...web("a"), name: "api" }, job], ["api", "job", "web"]),
    "api beef012, web beef012 (app:latest a); job (job:1)",
  );
});

Deno.test("a history is JSON for programs", () => {
  const { project, entries } = historyValue(history);
  assert.equal(project, "shop");
  assert.deepEqual(entries.map((entry: { number: number }) => entry.number), [9, 10, 11]);
  assert.deepEqual(entries[2], {
    number: 11,
    at: base.at,
    owner: "ops@web1",
    outcome: "done",
    durationMs: 1000,
    rollbackTo: 9,
    changed: ["web", "job"],
    directory: "/srv/shop",
    files: base.files,
    services: [
      {
        name: "web",
        image: "app:latest",
        imageId: "sha256:bbbbbbbbbbbbbbbb",
        isImageGone: true,
        digests: ["app@sha256:bbbbbbbbbbbbbbbb"],
        configHash: "c0ffee",
        replicas: 2,
      },
      {
        name: "job",
        image: "job:1",
        imageId: null,
        isImageGone: false,
        digests: [],
        configHash: null,
        replicas: 0,
      },
    ],
  });
});
