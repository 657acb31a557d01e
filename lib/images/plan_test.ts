import assert from "node:assert/strict";
import {
  causeOf,
  hasArrived,
  imageNames,
  type KnownImage,
  planTransfer,
  rateText,
  sizeText,
} from "./plan.ts";

const image = (id: string, ...layers: string[]): KnownImage => ({ id, layers });

function planned(there: [string, KnownImage][], isForced = false): string[] {
  const source = new Map([["app:1", image("aaa", "l1")], ["app:latest", image("bbb", "l2")]]);
  return planTransfer(source, new Map(there), isForced)
    .map((transfer) =>
      `${transfer.isNeeded ? "copy" : "leave"} ${transfer.name}: ${causeOf(transfer)}`
    );
}

Deno.test("what is not there travels", () => {
  assert.deepEqual(planned([["app:1", image("aaa", "l1")]]), [
    "leave app:1: it is there already",
    "copy app:latest: it is not there",
  ]);
});

Deno.test("another image by the same name is noticed", () => {
  assert.deepEqual(planned([["app:1", image("aaa", "l1")], ["app:latest", image("ccc", "l2")]]), [
    "leave app:1: it is there already",
    "copy app:latest: another image has that name there: ccc → bbb",
  ]);
});

Deno.test("all travel if that is asked for", () => {
  assert.deepEqual(planned([["app:1", image("aaa", "l1")]], true), [
    "copy app:1: asked by --force",
    "copy app:latest: it is not there",
  ]);
});

Deno.test("what has arrived has the same id or the same content", () => {
  const sent = image("aaa", "l1", "l2");
  assert.equal(hasArrived(sent, image("aaa", "l1", "l2")), true);
  assert.equal(hasArrived(sent, image("zzz", "l1", "l2")), true);
  assert.equal(hasArrived(sent, image("zzz", "l1")), false);
  assert.equal(hasArrived(sent, undefined), false);
});

Deno.test("names come from operands and from lines", () => {
  assert.deepEqual(imageNames(["a", "-", "b", "a"], "c\r\n\n  d:1 \nb\n"), ["a", "c", "d:1", "b"]);
  assert.deepEqual(imageNames(["-"], ""), []);
});

Deno.test("sizes and rates read well", () => {
  assert.deepEqual(
    [0, 999, 1000, 12_345, 999_900, 1_500_000_000].map(sizeText),
    [
      "0 B",
      "999 B",
      "1 kB",
      "12.3 kB",
      "1 MB",
      "1.5 GB",
    ].map((text) => text.replace("1.5 GB", "1.50 GB")),
  );
  assert.equal(rateText(2_000_000, 4000), "2 MB in 4.0 s, 500 kB/s");
  assert.equal(rateText(0, 0), "0 B in 0.0 s");
});
