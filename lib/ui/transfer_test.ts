import assert from "node:assert/strict";
import type { ImageTransfer, KnownImage, Way } from "../images/plan.ts";
import type { TransferEvent } from "../images/transfer_ports.ts";
import { emptyTransfer, foldTransfer, progressText, transferLines } from "./transfer.ts";

const image = (id: string, content = id): KnownImage => ({
  id,
  layers: ["l1", "l2", "l3"],
  content,
});

const transfer = (way: Way, destination?: KnownImage): ImageTransfer => ({
  name: "app",
  source: image("aaa"),
  ...(destination ? { destination } : {}),
  way,
});

const whole: Way = { kind: "whole" };
const leave: Way = { kind: "leave" };
const layers = (...omitted: string[]): Way => ({ kind: "layers", base: "bbb", omitted });

const cases: [ImageTransfer, string][] = [
  [transfer(whole), "Copying app: it is not there"],
  [transfer(whole, image("aaa")), "Copying app: asked by --force"],
  [transfer(whole, image("ccc")), "Copying app: another image has that name there: ccc → aaa"],
  [transfer(layers("l1")), "Copying app: it is not there; 1 of its 3 layers is there"],
  [
    transfer(layers("l1", "l2"), image("ccc")),
    "Copying app: another image has that name there: ccc → aaa; 2 of its 3 layers are there",
  ],
  [
    transfer(layers("l1", "l2", "l3"), image("ccc")),
    "Copying app: another image has that name there: ccc → aaa; all 3 layers are there",
  ],
  [
    transfer({ kind: "layers", base: "b", omitted: ["l1"], after: "base" }),
    "Copying app: it is not there; 1 of its 3 layers comes with base",
  ],
  [
    { ...transfer(layers("l1")), source: { ...image("aaa"), layers: ["l1"] } },
    "Copying app: it is not there; its only layer is there",
  ],
  [
    transfer({ kind: "tag", target: "aaa" }),
    "Copying app: it is there by another name",
  ],
  [
    transfer({ kind: "tag", target: "aaa" }, image("ccc")),
    "Copying app: another image has that name there: ccc → aaa",
  ],
  [
    transfer({ kind: "tag", target: "one", after: "one" }),
    "Copying app: it is the same as one",
  ],
  [transfer(leave, image("aaa")), "Leaving app: it is there already"],
  [transfer(leave, image("zzz", "aaa")), "Leaving app: it is there already"],
  [transfer(leave, image("ccc")), "Leaving app: the name is there, for another image: ccc → aaa"],
];

for (const [transfer, line] of cases) {
  Deno.test(line, () => {
    assert.deepEqual(transferLines({ type: "compared", transfers: [transfer] }, false), [line]);
  });
}

Deno.test("a dry run would copy", () => {
  const lines = transferLines({ type: "compared", transfers: [transfer(whole)] }, true);
  assert.deepEqual(lines, ["Would copy app: it is not there"]);
});

Deno.test("it is told how far the images are", () => {
  const events: [TransferEvent, string][] = [
    [{ type: "reading", name: "app" }, "0 B in 2.0 s, 0 B/s; reading app"],
    [{ type: "sending", name: "db" }, "0 B in 2.0 s, 0 B/s; reading app; db 0 B"],
    [{ type: "sent", name: "db", bytes: 3000 }, "3 kB in 2.0 s, 1.50 kB/s; reading app; db 3 kB"],
    [
      { type: "sending", name: "app", bytes: 2000 },
      "3 kB in 2.0 s, 1.50 kB/s; app 0 B, 0 %; db 3 kB",
    ],
    [
      { type: "sent", name: "app", bytes: 1000 },
      "4 kB in 2.0 s, 2 kB/s; app 1 kB, 50 %; db 3 kB",
    ],
    [{ type: "arrived", name: "db" }, "4 kB in 2.0 s, 2 kB/s; app 1 kB, 50 %"],
    [
      { type: "sent", name: "app", bytes: 1500 },
      "5.50 kB in 2.0 s, 2.75 kB/s; app 2.50 kB, 100 %",
    ],
    [{ type: "arrived", name: "app" }, "5.50 kB in 2.0 s, 2.75 kB/s"],
  ];
  let view = emptyTransfer;
  for (const [event, expected] of events) {
    view = foldTransfer(view, event);
    assert.equal(progressText(view, 2000), expected);
  }
});

Deno.test("a second try with all layers is told, with its reason", () => {
  assert.deepEqual(transferLines({ type: "fell-back", name: "app", reason: "no" }, false), [
    "Copying app with all its layers: no",
  ]);
});
