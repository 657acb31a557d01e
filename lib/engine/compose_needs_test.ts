import assert from "node:assert/strict";
import { KerekError } from "../errors.ts";
import { explainUnknownKeys, isOfUnknownKeys } from "./compose_needs.ts";

Deno.test("a key that a later Compose knows is explained by that, any other by its name", () => {
  const cases: [said: string, version: string, expected: string][] = [
    [
      "/c.yaml: services.web: Additional property provider is not allowed",
      "2.26.1-4",
      "/c.yaml: services.web.provider: it takes Docker Compose 2.36, this is 2.26.1-4",
    ],
    [
      "/c.yaml: services.web: additional properties 'foo', 'pre_start' not allowed",
      "v2.40.3",
      "/c.yaml: services.web.pre_start: it takes Docker Compose 5.3, this is 2.40.3",
    ],
    [
      "/c.yaml: services.web.networks.n: Additional property interface_name is not allowed",
      "2.26.1",
      "/c.yaml: services.web.networks.n.interface_name: it takes Docker Compose 2.36, this is 2.26.1",
    ],
    [
      "/c.yaml: services.web: additional properties 'provider' not allowed",
      "2.40.3",
      "/c.yaml: services.web: unknown key provider",
    ],
    [
      "/c.yaml: (root) Additional property models is not allowed",
      "2.26.1",
      "/c.yaml: models: it takes Docker Compose 2.38, this is 2.26.1",
    ],
    [
      "/c.yaml: (root) additional properties 'foo' not allowed",
      "2.40.3",
      "/c.yaml: unknown key foo",
    ],
    [
      "/c.yaml: services.web: Additional property post_start is not allowed",
      "",
      "/c.yaml: services.web: unknown key post_start",
    ],
  ];
  for (const [said, version, expected] of cases) {
    const error = new KerekError(said);
    assert.ok(isOfUnknownKeys(error), said);
    assert.equal(explainUnknownKeys(error, version).message, expected);
  }
  assert.equal(isOfUnknownKeys(new KerekError("services.web.ports must be a list")), false);
});
