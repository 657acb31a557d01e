import assert from "node:assert/strict";
import type { Replica } from "./model.ts";
import { composeNumber, composeNumbers, freeNumbers, isYetToBeNumbered } from "./numbers.ts";
import { replica } from "./testing/notation.ts";

/** Containers of Compose's numbers that have other ones in their names. */
const named = (numbers: [name: number, compose: number][]): Replica[] =>
  numbers.map(([number, composeNumber]) => ({ ...replica("X", "a", number), composeNumber }));

Deno.test("the lowest numbers are free that no name and no label has", () => {
  const cases: [numbers: [number, number][], count: number, free: number[]][] = [
    [[], 2, [1, 2]],
    [[[1, 1], [2, 2]], 2, [3, 4]],
    [[[3, 3], [4, 4]], 2, [1, 2]],
    [[[1, 5], [2, 6]], 2, [3, 4]],
    [[[1, 3]], 3, [2, 5, 6]],
    [[[2, 9]], 0, []],
  ];
  for (const [numbers, count, free] of cases) {
    assert.deepEqual(freeNumbers(named(numbers), count), free, JSON.stringify(numbers));
  }
});

Deno.test("over any deploys names stay low, and Compose never gives one that is taken", () => {
  let all: Replica[] = [];
  const sizes = [3, 1, 1, 10, 2, 7, 7, 1, 4, 0, 5];
  for (let deploy = 0; deploy < 110; deploy++) {
    const size = sizes[deploy % sizes.length];
    const given = composeNumbers(all, size);
    const fresh = freeNumbers(all, size).map((number, i): [number, number] => [number, given[i]]);
    const both = [...all, ...named(fresh)];
    for (const one of both) {
      const others = both.filter((other) => other !== one);
      assert.ok(others.every(({ number }) => number !== one.number));
      // Compose's own replacement names a container after its label.
      assert.ok(others.every(({ number }) => number !== composeNumber(one)));
      assert.ok(one.number <= composeNumber(one));
      assert.ok(one.number <= 3 * 10, `deploy ${deploy} made a ${one.number}`);
    }
    all = named(fresh);
  }
});

Deno.test("a new container that a deploy did not come to rename is told by its number", () => {
  const cases: [others: [number, number][], number: number, expected: boolean][] = [
    [[[1, 7], [2, 8]], 9, true],
    [[[1, 3], [2, 4]], 5, false],
    [[[1, 1], [2, 2]], 3, false],
    [[[7, 7], [8, 8]], 9, false],
    [[[4, 4], [1, 5]], 6, true],
  ];
  for (const [others, number, expected] of cases) {
    const all = named([...others, [number, number]]);
    assert.equal(isYetToBeNumbered(all.at(-1)!, all), expected, JSON.stringify([others, number]));
  }
});
