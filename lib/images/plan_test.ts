import assert from "node:assert/strict";
import {
  type ImageTransfer,
  isTag,
  type KnownImage,
  planTransfers,
  type TransferRules,
} from "./plan.ts";

/** An image in a word: its id, and a letter for each layer, the lowest first. */
function image(text: string): KnownImage {
  const [id, layers] = text.split(":");
  return { id, layers: [...layers], content: layers };
}

/**
 * What a plan does for each name: `=` leaves it, `#x` gives it to x, `*` sends it wholly, and
 * `-ab(x)` sends it without the layers a and b, which x has. What comes after another has a `>`.
 */
function planned(wanted: string, named: string, others = "", rules: TransferRules = {}): string {
  const images = (text: string): [string, KnownImage][] =>
    text.split(" ").filter((x) => x).map((x) => {
      const [name, rest] = x.split("=");
      return [name, image(rest)];
    });
  const there = new Map(images(named));
  const all = [...there.values(), ...others.split(" ").filter((x) => x).map(image)];
  return planTransfers(new Map(images(wanted)), { named: there, all }, rules).map(print).join(" ");
}

function print({ name, way }: ImageTransfer): string {
  const after = "after" in way && way.after !== undefined ? `>${way.after}` : "";
  switch (way.kind) {
    case "leave":
      return `${name}=`;
    case "whole":
      return `${name}*`;
    case "tag":
      return `${name}#${way.target}${after}`;
    case "layers":
      return `${name}-${way.omitted.join("")}(${way.base})${after}`;
  }
}

const cases: [what: string, expected: string, ...Parameters<typeof planned>][] = [
  ["what is not there travels", "x*", "x=1:ab", ""],
  ["what is there is left", "x=", "x=1:ab", "x=1:ab"],
  ["another image by the same name is replaced", "x*", "x=1:ab", "x=2:cd"],
  ["layers that an image there has stay here", "x-ab(2)", "x=1:abc", "x=2:abd"],
  ["it may have another name", "x-ab(3)", "x=1:abc", "x=2:ad", "3:ab"],
  ["only layers at the bottom count", "x*", "x=1:abc", "x=2:bc", "3:dabc"],
  ["a layer that comes again further up travels", "x-b(2)", "x=1:abca", "", "2:abd"],
  ["a layer that comes twice at the bottom does not", "x-a(2)", "x=1:aab", "", "2:aad"],
  ["without any that can be left out, all travel", "x*", "x=1:aa", "", "2:ab"],
  ["all layers may be there", "x-ab(2)", "x=1:ab", "", "2:abc"],
  ["an image without layers travels", "x*", "x=1:", "", "2:a"],
  ["an image by another name gets one more", "x#1", "x=1:ab", "x=2:cd", "1:ab"],
  ["two names of one image travel once", "x* y#x>x", "x=1:ab y=1:ab", ""],
  ["what travels helps those after it", "x* y-ab(1)>x", "x=1:ab y=2:abc", ""],
  ["what is there goes first", "x-a(3) y-a(3)", "x=1:ab y=2:ac", "", "3:ad"],
  ["unless it has less", "x-a(3) y-ab(1)>x", "x=1:ab y=2:abc", "", "3:ad"],
  ["what is left helps as well", "x= y-ab(1)", "x=1:ab y=2:abc", "x=1:ab"],
];

for (const [what, expected, ...input] of cases) {
  Deno.test(`${what}: ${expected}`, () => assert.equal(planned(...input), expected));
}

Deno.test("by force, all images travel, and wholly", () => {
  const forced = planned("x=1:ab y=1:ab z=2:abc", "x=1:ab z=3:ab", "", { isForced: true });
  assert.equal(forced, "x* y#x>x z*");
});

Deno.test("by name, another image by the same name is left, too", () => {
  assert.equal(planned("x=1:ab y=3:e", "x=2:cd", "", { isByName: true }), "x= y*");
});

Deno.test("where ids tell nothing, content does", () => {
  assert.equal(planned("x=1:ab", "x=9:ab"), "x-ab(9)");
  assert.equal(planned("x=1:ab", "x=9:ab", "", { storesDiffer: true }), "x=");
  assert.equal(planned("x=1:ab", "", "9:ab", { storesDiffer: true }), "x#9");
});

Deno.test("an image that has no name to give travels wholly", () => {
  assert.equal(planned("r@sha256:0f=1:ab", "", "1:ab"), "r@sha256:0f*");
  assert.equal(planned("feed=feed0123:ab", "", "2:ab"), "feed*");
});

Deno.test("ids and digests are no tags", () => {
  const id = "42bc421bf2862f103d30df16a0e8c7ef0514f202ba4ea06ff7fdf20320357f48";
  const names: [string, boolean][] = [
    [id, false],
    [`sha256:${id}`, false],
    [id.slice(0, 12), false],
    ["42bc", false],
    ["42", true],
    ["beef", true],
    ["app", true],
    ["app:42bc", true],
    ["app:1@sha256:00", false],
  ];
  for (const [name, expected] of names) assert.equal(isTag(name, { id }), expected, name);
});
