import assert from "node:assert/strict";
import { asciiJson, configurationOf, pinned, withOlder } from "./configuration.ts";

Deno.test("what Compose prints is kept in full, with its doubled dollar signs", () => {
  const configuration = configurationOf(`name: shop
services:
  web:
    command: [echo, $$HOME]
    mode: "0440"
    x-kerek: { drain: { settle: 1s } }
networks: { default: { name: shop_default } }
x-kerek: { hooks: [./h.ts] }
`);
  assert.deepEqual(configuration, {
    name: "shop",
    services: {
      web: {
        command: ["echo", "$$HOME"],
        mode: "0440",
        "x-kerek": { drain: { settle: "1s" } },
      },
    },
    networks: { default: { name: "shop_default" } },
    "x-kerek": { hooks: ["./h.ts"] },
  });
  assert.throws(() => configurationOf("services: 1"), /Cannot read the Compose files: /);
});

Deno.test("services that were not deployed stay what they were, with what they need", () => {
  const older = {
    name: "shop",
    services: { web: { image: "w:1" }, db: { image: "d:1" }, gone: { image: "g" } },
    networks: { back: 1, front: 1 },
    volumes: { data: 1 },
  };
  const current = {
    name: "shop",
    services: { web: { image: "w:2" }, db: { image: "d:2" } },
    networks: { front: 2 },
  };
  assert.deepEqual(withOlder(current, older, ["db", "gone", "unknown"]), {
    name: "shop",
    services: { web: { image: "w:2" }, db: { image: "d:1" }, gone: { image: "g" } },
    networks: { back: 1, front: 2 },
    volumes: { data: 1 },
  });
});

Deno.test("a pinned service has its image by id, and nothing to build one", () => {
  const configuration = {
    name: "shop",
    services: { web: { build: { context: "." }, tty: true }, db: { image: "d:1" } },
  };
  assert.deepEqual(pinned(configuration, new Map([["web", "abc"]])).services, {
    web: { tty: true, image: "sha256:abc" },
    db: { image: "d:1" },
  });
});

Deno.test("JSON is in ASCII and reads the same", () => {
  const value = { "grüß": ["𝄞", "\u007f\u2028", "$$x"] };
  const text = asciiJson(value);
  assert.match(text, /^[\x20-\x7e]+$/);
  assert.deepEqual(JSON.parse(text), value);
});
