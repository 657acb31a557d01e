import assert from "node:assert/strict";
import { composeVariables } from "./compose_variables.ts";

const places = (files: Record<string, string>, env: Record<string, string> = {}) => ({
  cwd: "/a",
  env: (name: string) => env[name],
  readText: (path: string) => files[path],
});

Deno.test("a variable is of the environment, else of the file that Compose reads", () => {
  const files = {
    "/a/.env": "COMPOSE_FILE=own.yaml\n",
    "/a/p/.env": "COMPOSE_FILE=of-p.yaml\n",
    "/a/one": "COMPOSE_FILE=one.yaml\n",
    "/a/two": "OTHER=x\n",
  };
  const of = (options: Parameters<typeof composeVariables>[0], env = {}) =>
    composeVariables(options, places(files, env))("COMPOSE_FILE");
  assert.equal(of({}), "own.yaml");
  assert.equal(of({}, { COMPOSE_FILE: "env.yaml" }), "env.yaml");
  assert.equal(of({ projectDirectory: "p" }), "of-p.yaml");
  assert.equal(of({ envFiles: ["one", "two", "absent"] }), "one.yaml");
  assert.equal(
    composeVariables({}, { cwd: "/a", env: () => undefined })("COMPOSE_FILE"),
    undefined,
  );
});

Deno.test("its value is read as Compose reads it", () => {
  const cases: [text: string, value: string | undefined][] = [
    ["COMPOSE_FILE=a.yaml:b.yaml", "a.yaml:b.yaml"],
    ["A=1\r\n  export COMPOSE_FILE = a.yaml # of production\r\nB=2", "a.yaml"],
    ['COMPOSE_FILE="a b.yaml"', "a b.yaml"],
    ["COMPOSE_FILE='a#b.yaml' # x", "a#b.yaml"],
    ["COMPOSE_FILE=a\nCOMPOSE_FILE=b", "b"],
    ["# COMPOSE_FILE=a\nMY_COMPOSE_FILE=b\nCOMPOSE_FILES=c", undefined],
  ];
  for (const [text, value] of cases) {
    assert.equal(composeVariables({}, places({ "/a/.env": text }))("COMPOSE_FILE"), value, text);
  }
});
