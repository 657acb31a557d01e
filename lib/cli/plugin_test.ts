import assert from "node:assert/strict";
import { callOf } from "./plugin.ts";

function asPlugin(name: string) {
  return name === "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND" ? "docker" : undefined;
}

Deno.test("without docker, the command line stays as it is", () => {
  const tokens = ["kerek", "deploy"];
  assert.deepEqual(callOf(tokens, () => undefined), { name: "kerek", tokens });
});

Deno.test("as a plugin, a command goes by what the user typed", () => {
  const cases: [tokens: string, name: string, left: string][] = [
    ["deploy x", "docker", "deploy x"],
    ["--host=kerek -D deploy kerek", "docker", "--host=kerek -D deploy kerek"],
    ["help deploy", "docker", "help deploy"],
    ["deploy --help", "docker", "deploy --help"],
    ["--help deploy -- x", "docker", "deploy --help -- x"],
    ["kerek deploy x", "docker kerek", "deploy x"],
    ["--debug kerek deploy x", "docker kerek", "--debug deploy x"],
    ["help kerek", "docker kerek", "help"],
    ["help kerek deploy", "docker kerek", "help deploy"],
    ["kerek help deploy", "docker kerek", "help deploy"],
    ["--help kerek", "docker kerek", "--help"],
    ["kerek", "docker kerek", ""],
    ["--version", "docker", "--version"],
  ];
  for (const [tokens, name, left] of cases) {
    const expected = { name, tokens: left === "" ? [] : left.split(" ") };
    assert.deepEqual(callOf(tokens.split(" "), asPlugin), expected, tokens);
  }
});
