import assert from "node:assert/strict";
import type { Replica } from "../plan/model.ts";
import type { Entry } from "./entry.ts";
import { chooseTarget } from "./target.ts";
import { entry } from "./testing.ts";

/** Replicas written like services of {@linkcode entry}. */
const running = (texts: string[]) =>
  texts.map((text): Replica => {
    const [service, revision, image] = text.split(":");
    return {
      id: text,
      name: text,
      number: 1,
      service,
      revision,
      imageIds: [image],
      status: "running",
    };
  });

const a = entry(1, ["web:a:1", "db:d:9"]);
const b = entry(2, ["web:b:2", "db:d:9"]);
const c = entry(3, ["web:c:3", "db:d:9"]);
const failed = entry(4, [], { changed: ["web"] });
const back = entry(4, ["web:pinned+b:2", "db:d:9"], { rollbackTo: 2 });
const added = entry(3, ["web:b:2", "db:d:9", "tool:t:3"]);
const of1 = entry(4, ["web:a:1", "db:d:9"], { rollbackTo: 1 });
const sameHash = [entry(1, ["web:x:1"]), entry(2, ["web:x:2"])];
const scaled = entry(2, ["web:a:1"]);
scaled.services[0].replicas = 3;

const none = entry(2, ["web:a:1", "db:d:9"]);
none.services.forEach((service) => service.replicas = 0);

Deno.test("a rollback goes back to the state before the present one", () => {
  const cases: [what: string, Entry[], running: string[], services: string[], number: number][] = [
    ["the one before", [a, b, c], ["web:c:3", "db:d:9"], [], 2],
    ["a rollback is taken back", [a, b, c, back], ["web:pinned:2", "db:d:9"], [], 3],
    ["a deploy failed since", [a, b, failed], ["web:b:2", "db:d:9"], [], 2],
    ["something else runs", [a, b], ["web:b:2", "web:other:7", "db:d:9"], [], 2],
    ["of one service", [a, b, entry(3, ["web:b:2", "db:e:8"])], ["web:b:2", "db:e:8"], ["web"], 1],
    ["the image alone differs", sameHash, ["web:x:2"], [], 1],
    ["the image alone is another", sameHash, ["web:x:7"], [], 2],
    ["the number alone differs", [entry(1, ["web:a:1"]), scaled], ["web:a:1"], [], 1],
    ["a service was removed", [a, entry(2, ["web:a:1"])], ["web:a:1"], [], 1],
    ["the last stopped all", [a, none], [], [], 1],
    [
      "what the last does not have runs",
      [a, b, added, of1],
      ["web:a:1", "db:d:9", "tool:t:3"],
      [],
      3,
    ],
  ];
  for (const [what, entries, texts, services, number] of cases) {
    const target = chooseTarget(entries, running(texts), { project: "shop", services });
    assert.equal(target.number, number, what);
  }
});

Deno.test("what is to be removed is a difference, too, save what was inactive", () => {
  const now = running(["web:b:2", "db:d:9", "tool:t:3"]);
  const wish = { project: "shop", services: [], removeOrphans: true };
  assert.equal(chooseTarget([a, b, added], now, wish).number, 2);
  const without = { ...b, inactive: ["tool"] };
  assert.equal(chooseTarget([a, without, added], now, wish).number, 1);
});

Deno.test("--to names the entry, whatever runs", () => {
  const wish = { project: "shop", services: [], to: 1 };
  assert.equal(chooseTarget([a, b, c], running(["web:a:1"]), wish), a);
});

Deno.test("where there is nothing to go back to, it is said why", () => {
  const now = ["web:b:2", "db:d:9"];
  const only = entry(5, ["web:a:1"]);
  const cases: [Entry[], services: string[], to: number | undefined, message: RegExp][] = [
    [[], [], undefined, /^Cannot roll back shop: its history has no deploy that went well$/],
    [[failed], [], undefined, /no deploy that went well$/],
    [[b], [], undefined, /^Cannot roll back shop: no entry of its history would change what runs$/],
    [[entry(1, ["web:b:2", "db:d:9"]), b], [], undefined, /would change what runs$/],
    // To go further back would be more than to take back the last deploy.
    [[a, entry(2, ["web:b:2"]), b], [], undefined, /since entry 2, only db came, which it would l/],
    [[a, b], ["db"], undefined, /no entry of its history would change db$/],
    [[a, b], [], 7, /^Cannot roll back shop: its history has no entry 7$/],
    [[a, b, failed], [], 4, /^Cannot roll back shop: deploy 4 did not go well \(restored\)$/],
    [[a, b], ["wep"], undefined, /^Cannot roll back wep: the history has no such service$/],
    [[a, only], ["db"], 5, /^Cannot roll back db: entry 5 has no such service$/],
  ];
  const wish = { project: "shop", services: [] };
  assert.throws(
    () => chooseTarget([a, b], running([]), wish),
    /^KerekError: Cannot roll back shop: none of it is there, so that nothing can be taken back$/,
  );
  for (const [entries, services, to, message] of cases) {
    assert.throws(
      () => chooseTarget(entries, running(now), { project: "shop", services, to }),
      (error: Error) => message.test(error.message),
      String(message),
    );
  }
});
