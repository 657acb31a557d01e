import assert from "node:assert/strict";
import { Ajv } from "../deps/ajv.ts";
import { parseYaml } from "../deps/yaml.ts";
import { decodeModel } from "../engine/decode_project.ts";
import { jsonSchema, jsonSchemaText } from "./json_schema.ts";

const validate = new Ajv({ allowUnionTypes: true }).compile(jsonSchema());

/** What editors and kerek itself think of a file. */
function opinions(yaml: string): { editor: boolean; kerek: boolean } {
  let kerek = true;
  try {
    decodeModel(`name: x\n${yaml}`);
  } catch {
    kerek = false;
  }
  return { editor: validate(parseYaml(yaml)), kerek };
}

Deno.test("the schema in docs is the one that `kerek config --schema` prints", async () => {
  const kept = await Deno.readTextFile(new URL("../../docs/x-kerek.schema.json", import.meta.url));
  const remedy = "write it anew: deno run -A cli.ts config --schema > docs/x-kerek.schema.json";
  assert.equal(kept, jsonSchemaText(), remedy);
});

Deno.test("editors accept what kerek accepts", () => {
  const files = [
    "services: {}",
    "services: {web: {image: a, deploy: {replicas: 2}}}",
    "x-kerek:\nservices: {web: {x-kerek: }}",
    "x-kerek: {}",
    "x-other: {gates: 1}",
    "x-kerek: {gates: [], drain: {}}",
    "x-kerek: {drain: {settle: 1s, mark: [touch, /x], dns: true, wait: 1m30.5s}}",
    "services: {web: {x-kerek: {drain: {settle: 0, mark: touch /x, wait: '0'}}}}",
    "services: {web: {x-kerek: {gates: [{healthcheck: active}]}}}",
    "x-kerek: {gates: [{http: {port: 80}}, {tcp: 1}, {exec: [a]}, {exec: a b}]}",
    "x-kerek: {gates: [{http: {port: 65535, path: /x?y, status: [200, 204]}, successes: 3}]}",
    "x-kerek: {gates: [{tcp: 80, timeout: 10s, interval: 200ms}]}",
  ];
  for (const yaml of files) {
    assert.deepEqual(opinions(yaml), { editor: true, kerek: true }, yaml);
  }
});

Deno.test("editors refuse what kerek refuses", () => {
  const settings = [
    "[]",
    "{gate: []}",
    "{gates: {}}",
    "{gates: [{}]}",
    "{gates: [{timeout: 1s}]}",
    "{gates: [{tcp: 1, exec: x}]}",
    "{gates: [{tcp: 0}]}",
    "{gates: [{tcp: eighty}]}",
    "{gates: [{tcp: 80, timeout: soon}]}",
    "{gates: [{tcp: 80, interval: 5}]}",
    "{gates: [{tcp: 80, successes: 0}]}",
    "{gates: [{healthcheck: passive}]}",
    "{gates: [{exec: []}]}",
    "{gates: [{http: {}}]}",
    "{gates: [{http: {port: 80, path: x}}]}",
    "{gates: [{http: {port: 80, status: 20}}]}",
    "{gates: [{http: {port: 80, url: /}}]}",
    "{drain: 1s}",
    "{drain: {settle: -1s}}",
    "{drain: {wait: 1 s}}",
    "{drain: {mark: 5}}",
    "{drain: {pause: 1s}}",
  ];
  for (const text of settings) {
    for (const yaml of [`x-kerek: ${text}`, `services: {web: {x-kerek: ${text}}}`]) {
      assert.deepEqual(opinions(yaml), { editor: false, kerek: false }, yaml);
    }
  }
});

Deno.test("each setting has a description for editors to show", () => {
  const { definitions } = jsonSchema() as { definitions: Record<string, Described> };
  for (const [name, { properties = {} }] of Object.entries(definitions)) {
    for (const [key, { description }] of Object.entries(properties)) {
      assert.match(description ?? "", /^[A-Z].*/, `${name}.${key}`);
    }
  }
});

interface Described {
  description?: string;
  properties?: Record<string, Described>;
}
