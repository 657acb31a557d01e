import assert from "node:assert/strict";
import { planFor } from "./testing/plan_for.ts";
import { parseActual, parseDesired } from "./testing/notation.ts";
import { unfinished } from "./unfinished.ts";

const found = (actual: string, wanted: string) =>
  planFor(parseDesired(wanted), parseActual(actual)).changes.flatMap(unfinished);

Deno.test("what an earlier deploy left is said", () => {
  assert.deepEqual(found("Xa1 Xb2 Xb3", "Xb3+-"), [
    "X: an earlier deploy was not finished (2 of 3 replicas are up to date already); this one goes on",
  ]);
  assert.deepEqual(found("Xa1 Xa2 Xb3 Xb4,", "Xb2+-"), [
    "X: an earlier deploy was not finished (1 of 2 replicas is up to date already, " +
    "1 container created and never started); this one goes on",
  ]);
  assert.deepEqual(found("Xa1 Xc2, Xc3,", "Xb1+-"), [
    "X: an earlier deploy was not finished (2 containers created and never started); this one goes on",
  ]);
  for (const actual of ["Xb1^", "Xb1 Xb2^", "Xa1^ Xb2"]) {
    assert.match(found(actual, `Xb${actual.match(/b/g)!.length}+-`).join(), /1 hidden from DNS/);
  }
});

Deno.test("where nothing was left, nothing is said", () => {
  for (const [actual, wanted] of [["Xa1 Xa2", "Xb2+-"], ["Xb1", "Xb3+-"], ["", "Xb1+-"]]) {
    assert.deepEqual(found(actual, wanted), [], actual);
  }
});
