import assert from "node:assert/strict";
import type { ImageTransfer } from "../../images/plan.ts";
import type { TransferNews } from "../transfer_news.ts";
import { transferPicture } from "./transfer.ts";

const transfer = (name: string): ImageTransfer => ({
  name,
  source: { id: "aaa", layers: ["l1"], content: "aaa" },
  way: { kind: "whole" },
});

/** The two ends of a line of 60 columns. */
const ends = (left: string, right: string) => left + right.padStart(60 - left.length);

/** What stands on the terminal after each event, at a second of the clock each. */
const cases: [news: TransferNews | undefined, lines: string[]][] = [
  [undefined, [ends("⠋ comparing images", "0.0 s")]],
  [
    { type: "compared", at: 1000, transfers: [transfer("app"), transfer("db")] },
    [ends("⠋ 0 of 2 copied", "0 B in 0.0 s")],
  ],
  [
    { type: "reading", at: 2000, name: "app" },
    [ends("⠋ 0 of 2 copied", "0 B in 1.0 s, 0 B/s"), "    app ░░░░░░░░░░ is read"],
  ],
  [
    { type: "sending", at: 3000, name: "app", bytes: 2000 },
    [ends("⠋ 0 of 2 copied", "0 B in 2.0 s, 0 B/s"), "    app ░░░░░░░░░░ 0 B of 2 kB"],
  ],
  [
    { type: "sent", at: 4000, name: "app", bytes: 1200 },
    [ends("⠋ 0 of 2 copied", "1.20 kB in 3.0 s, 400 B/s"), "    app ██████░░░░ 1.20 kB of 2 kB"],
  ],
  [{ type: "arrived", at: 5000, name: "app" }, [
    ends("⠋ 1 of 2 copied", "1.20 kB in 4.0 s, 300 B/s"),
  ]],
];

Deno.test("a live view shows how far each image is", () => {
  const picture = transferPicture(false);
  let view = picture.begin(0);
  let now = 0;
  for (const [news, lines] of cases) {
    now = news?.at ?? now;
    if (news) view = picture.fold(view, news);
    assert.deepEqual(picture.render(view, { columns: 61, now }), lines);
  }
  assert.deepEqual(view.log, ["Copying app: it is not there", "Copying db: it is not there"]);
});
