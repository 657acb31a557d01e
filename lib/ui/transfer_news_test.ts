import assert from "node:assert/strict";
import type { ImageTransfer, Way } from "../images/plan.ts";
import { recordSchema } from "./event_schema.ts";
import { newsLines, newsRecord, type TransferNews } from "./transfer_news.ts";

const transfer = (name: string, way: Way): ImageTransfer => ({
  name,
  source: { id: "aaa", layers: ["l1"], content: "aaa" },
  way,
});

const app = transfer("app", { kind: "whole" });
const view = {
  bytes: 5,
  images: new Map([
    ["app", { bytes: 5, total: 10, isRead: false }],
    ["db", { bytes: 0, isRead: true }],
  ]),
};

const cases: [news: TransferNews, record: object | undefined, dryRun?: boolean][] = [
  [
    { type: "compared", at: 1, transfers: [app, transfer("db", { kind: "leave" })] },
    {
      type: "images-compared",
      dryRun: false,
      images: [
        { name: "app", way: "whole", cause: "it is not there" },
        { name: "db", way: "leave", cause: "the name is there, for another image: " },
      ],
    },
  ],
  [{ type: "reading", at: 1, name: "app" }, { type: "image-reading", name: "app" }],
  [
    { type: "sending", at: 1, name: "app", bytes: 10 },
    { type: "image-sending", name: "app", total: 10 },
  ],
  [{ type: "sending", at: 1, name: "app" }, { type: "image-sending", name: "app" }],
  [{ type: "sent", at: 1, name: "app", bytes: 5 }, undefined],
  [
    { type: "fell-back", at: 1, name: "app", reason: "no" },
    { type: "image-fell-back", name: "app", reason: "no" },
  ],
  [{ type: "arrived", at: 1, name: "app" }, { type: "image-arrived", name: "app" }],
  [
    { type: "progress", at: 1, view, ms: 2 },
    {
      type: "images-progress",
      bytes: 5,
      durationMs: 2,
      images: [{ name: "app", bytes: 5, total: 10 }, { name: "db", bytes: 0 }],
    },
  ],
  [
    { type: "copied", at: 1, images: [app], bytes: 10, ms: 2 },
    { type: "images-copied", images: ["app"], bytes: 10, durationMs: 2 },
  ],
  [{ type: "copied", at: 1, images: [app], bytes: 0, ms: 2 }, undefined, true],
  [
    { type: "copied", at: 1, images: [], bytes: 0, ms: 2 },
    { type: "images-copied", images: [], bytes: 0, durationMs: 2 },
    true,
  ],
  [{ type: "interrupted", at: 1 }, { type: "interrupted" }],
  [
    { type: "error", at: 1, message: "m", details: [], exitCode: 3 },
    { type: "error", message: "m", details: [], exitCode: 3 },
  ],
];

for (const [news, expected, dryRun = false] of cases) {
  Deno.test(`programs are told of ${news.type}${dryRun ? " on a dry run" : ""}: ${!!expected}`, () => {
    const record = newsRecord(news, dryRun);
    assert.deepEqual(record, expected);
    if (record) recordSchema.parse({ version: 1, at: news.at, ...record });
  });
}

Deno.test("people are told what came of it", () => {
  const lines = (images: ImageTransfer[], dryRun: boolean) =>
    newsLines({ type: "copied", at: 1, images, bytes: 1000, ms: 1000 }, dryRun).notes;
  assert.deepEqual(lines([app], false), ["Copied 1 image: 1 kB in 1.0 s, 1 kB/s."]);
  assert.deepEqual(lines([app, app], false), ["Copied 2 images: 1 kB in 1.0 s, 1 kB/s."]);
  assert.deepEqual(lines([app], true), []);
  assert.deepEqual(lines([], true), ["Nothing to do: all images are there."]);
});
