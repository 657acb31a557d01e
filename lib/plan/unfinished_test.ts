import assert from "node:assert/strict";
import { findingText } from "./finding.ts";
import { parseActual, parseDesired } from "./testing/notation.ts";
import { planFor } from "./testing/plan_for.ts";
import { unfinished } from "./unfinished.ts";

const found = (actual: string, wanted: string) =>
  planFor(parseDesired(wanted), parseActual(actual)).changes
    .flatMap((change) => unfinished(change) ?? [])
    .map(({ finding, isCertain }) => `${findingText(finding)}${isCertain ? "" : "?"}`);

Deno.test("what an earlier deploy left is said, and whether it can be nothing else", () => {
  const told = (what: string) =>
    `services.X: an earlier deploy was not finished (${what}). This one goes on with it. ` +
    "[unfinished]";
  assert.deepEqual(found("Xa1 Xb2 Xb3", "Xb3+-"), [
    told("2 of 3 replicas are up to date already"),
  ]);
  assert.deepEqual(found("Xa1 Xa2 Xb3 Xb4,", "Xb2+-"), [
    told("1 of 2 replicas is up to date already, 1 container created and never started"),
  ]);
  assert.deepEqual(found("Xa1 Xc2, Xc3,", "Xb1+-"), [
    `${told("2 containers created and never started")}?`,
  ]);
  for (const actual of ["Xb1^", "Xb1 Xb2^", "Xa1^ Xb2"]) {
    assert.match(
      found(actual, `Xb${actual.match(/b/g)!.length}+-`).join(),
      /1 hidden from DNS.*\]$/,
    );
  }
});

Deno.test("where nothing was left, nothing is said", () => {
  for (const [actual, wanted] of [["Xa1 Xa2", "Xb2+-"], ["Xb1", "Xb3+-"], ["", "Xb1+-"]]) {
    assert.deepEqual(found(actual, wanted), [], actual);
  }
});
