import assert from "node:assert/strict";
import { KerekError } from "../errors.ts";
import { byCodePoint, consider } from "./consider.ts";
import { desired } from "./testing/notation.ts";

/** Services from `web:db,cache db cache`, each with what it depends on. */
function services(text: string) {
  return text.split(" ").map((word) => {
    const [name, dependsOn = ""] = word.split(":");
    return desired(name, { dependsOn: dependsOn.split(",").filter((x) => x) });
  });
}

function considered(text: string, names = "", deps = false): string {
  const options = { services: names.split(" ").filter((x) => x), deps };
  return consider(services(text), options).map((service) => service.name).join(" ");
}

Deno.test("services come by name, but after those that they depend on", () => {
  const cases: [services: string, order: string][] = [
    ["c a b", "a b c"],
    ["a:c b c", "c a b"],
    ["a:b b:c c", "c b a"],
    ["a:d,c b c d", "c d a b"],
    ["a:gone b", "a b"],
    ["b a10 a9 A", "A a10 a9 b"],
  ];
  for (const [text, order] of cases) assert.equal(considered(text), order, text);
});

Deno.test("jobs come first, after what they depend on", () => {
  const all = services("a b:job job:db db c").map((service) =>
    service.name === "job" ? { ...service, isJob: true } : service
  );
  const order = consider(all, { services: [] }).map(({ name }) => name);
  assert.deepEqual(order, ["db", "job", "a", "b", "c"]);
});

Deno.test("a circle of dependencies, which Compose refuses, still gives every service once", () => {
  assert.equal(considered("a:b b:a c:c"), "b a c");
});

Deno.test("only named services are considered, with --deps also what they depend on", () => {
  const text = "a:b b:c c d:a";
  const cases: [names: string, deps: boolean, order: string][] = [
    ["a", false, "a"],
    ["a", true, "c b a"],
    ["c a", false, "a c"],
    ["a a", false, "a"],
    ["d b", true, "c b a d"],
    ["", true, "c b a d"],
  ];
  for (const [names, deps, order] of cases) {
    assert.equal(considered(text, names, deps), order, `${names} ${deps}`);
  }
});

Deno.test("an unknown service is refused with the nearest name, or else with all", () => {
  const cases: [known: string, name: string, hint: string][] = [
    ["web worker", "wbe", "Did you mean web?"],
    ["web worker", "Worker", "Did you mean worker?"],
    ["web db", "completely-different", "Services are: db, web."],
  ];
  for (const [known, name, hint] of cases) {
    assert.throws(
      () => considered(known, name),
      (error) =>
        error instanceof KerekError && error.hint === hint &&
        error.message === `Cannot deploy ${name}: the Compose files define no such service`,
      name,
    );
  }
  assert.throws(() => consider([], { services: ["web"] }), { hint: "Services are: none." });
});

Deno.test("names compare by code point, also where UTF-16 would tell otherwise", () => {
  // U+FF58 is less than U+1F433, whose first UTF-16 code unit is 0xD83D.
  const sorted = ["", "A", "Z", "a", "a-", "a0", "a10", "a9", "aa", "ä", "ｘ", "ｘ🐳", "🐳", "🐳a"];
  for (const [i, a] of sorted.entries()) {
    for (const [j, b] of sorted.entries()) {
      assert.equal(Math.sign(byCodePoint(a, b)), Math.sign(i - j), `${a} and ${b}`);
    }
  }
  assert.deepEqual(sorted.toReversed().sort(byCodePoint), sorted);
  assert.notDeepEqual(sorted.toReversed().sort(), sorted);
});
