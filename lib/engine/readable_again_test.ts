import assert from "node:assert/strict";
import { readableAgain } from "./readable_again.ts";

Deno.test("sizes of -1 are numbers, and text is left alone", () => {
  const printed = (limit: string) =>
    `name: shop
services:
  web:
    command:
      - |
        memswap_limit: "-1"
    labels:
      mem_limit: "-1"
    mem_limit: ${limit}
    mem_reservation: ${limit}
    mem_swappiness: ${limit}
    memswap_limit: ${limit}
    shm_size: ${limit}
configs:
  a:
    content: |
      memswap_limit: "-1"
`;
  assert.equal(readableAgain(printed('"-1"')), printed("-1"));
});

const service = (name: string, ...dependencies: string[]): string =>
  `  ${name}:\n` +
  (dependencies.length > 0 ? `    depends_on:\n${dependencies.join("")}` : "") +
  "    image: x\n";
const on = (name: string, required: boolean): string =>
  `      ${name}:\n        condition: service_started\n        required: ${required}\n`;
const files = (...services: string[]): string =>
  `name: shop\nservices:\n${services.join("")}networks:\n  gone:\n    name: shop_gone\n`;

Deno.test("optional dependencies on services that are not there are dropped, and no others", () => {
  const there = files(
    service("db.1"),
    service("web", on("db.1", false), on('"2"', false)),
    service('"2"', on("gone", true)),
  );
  assert.equal(readableAgain(there), there);
  assert.equal(
    readableAgain(files(
      service("db"),
      service("web", on("gone", false), on("db", false), on('"0"', false)),
      service("worker", on("gone", false)),
    )),
    files(service("db"), service("web", on("db", false)), service("worker")),
  );
  assert.equal(readableAgain("services: {}\n"), "services: {}\n");
});
