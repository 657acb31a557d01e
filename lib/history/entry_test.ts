import assert from "node:assert/strict";
import { imagesOfItsOwn, isAsKept, nextNumber, surplus } from "./entry.ts";
import { entry, kept } from "./testing.ts";

const good = (count: number) => Array.from({ length: count }, (_, i) => entry(i + 1, ["web:a:1"]));
const bad = (count: number) => Array.from({ length: count }, (_, i) => entry(100 + i, []));

Deno.test("the last ten that went well are kept, and the last ten that did not", () => {
  const cases: [entries: ReturnType<typeof good>, isGood: boolean, surplus: number[]][] = [
    [[], true, []],
    [good(9), true, []],
    [good(10), true, [1]],
    [good(12), true, [1, 2, 3]],
    [good(10), false, []],
    [[...good(10), ...bad(10)], true, [1]],
    [[...good(10), ...bad(10)], false, [100]],
  ];
  for (const [entries, isGood, numbers] of cases) {
    const added = entry(200, isGood ? ["web:b:2"] : []);
    assert.deepEqual(surplus(entries, added).map(({ number }) => number), numbers);
  }
});

Deno.test("numbers go on from the last one", () => {
  assert.equal(nextNumber([]), 1);
  assert.equal(nextNumber([entry(3, []), entry(7, [])]), 8);
});

Deno.test("an entry owns the images that no other one needs", () => {
  const first = entry(1, ["web:a:1", "db:d:9", "job:j"]);
  assert.deepEqual(imagesOfItsOwn(first, [entry(2, ["web:b:2", "db:d:9"])]), ["1"]);
  assert.deepEqual(imagesOfItsOwn(first, []), ["1", "9"]);
});

Deno.test("a replica is as it was kept by its config hash and its image", () => {
  const cases: [revision: string, imageIds: string[] | undefined, kept: string, is: boolean][] = [
    ["a", ["1"], "web:a:1", true],
    ["a", ["2"], "web:a:1", false],
    ["b", ["1"], "web:a:1", false],
    ["b", ["1"], "web:a+b:1", true],
    ["a", ["x", "1"], "web:a:1", true],
    ["a", undefined, "web:a:1", true],
    ["a", ["1"], "web:a", true],
    ["whatever", ["1"], "web::1", true],
  ];
  for (const [revision, imageIds, text, is] of cases) {
    assert.equal(isAsKept({ revision, imageIds }, kept(text)), is, text);
  }
});
