import assert from "node:assert/strict";
import { findComposePlugin } from "./compose_plugin.ts";

function find(files: Record<string, string>, env: Record<string, string> = { HOME: "/me" }) {
  return findComposePlugin({
    env: (name) => env[name],
    fileExists: (path) => path in files,
    readText: (path) => files[path],
  });
}

const own = "/me/.docker/cli-plugins/docker-compose";
const local = "/usr/local/lib/docker/cli-plugins/docker-compose";
const system = "/usr/libexec/docker/cli-plugins/docker-compose";

Deno.test("Compose's plugin is found where docker finds it, in docker's order", () => {
  const config = '{ "cliPluginsExtraDirs": ["/extra"] }';
  const cases: [files: Record<string, string>, found: string | undefined][] = [
    [{}, undefined],
    [{ [system]: "" }, system],
    [{ [system]: "", [local]: "" }, local],
    [{ [system]: "", [own]: "" }, own],
    [{ "/me/.docker/config.json": config, [own]: "" }, own],
    [
      { "/me/.docker/config.json": config, [own]: "", "/extra/docker-compose": "" },
      "/extra/docker-compose",
    ],
    [{ "/me/.docker/config.json": "{", [own]: "" }, own],
    [{ "/me/.docker/config.json": '{ "cliPluginsExtraDirs": 1 }', [own]: "" }, own],
  ];
  for (const [files, found] of cases) assert.equal(find(files), found, JSON.stringify(files));
});

Deno.test("DOCKER_CONFIG is where the user's plugins are", () => {
  const env = { HOME: "/me", DOCKER_CONFIG: "/there" };
  const there = "/there/cli-plugins/docker-compose";
  assert.equal(find({ [own]: "", [there]: "" }, env), there);
  assert.equal(find({ [own]: "", [system]: "" }, env), system);
  assert.equal(find({ [system]: "" }, {}), undefined);
  const called = { HOME: "/me", DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: "docker" };
  assert.equal(find({ [system]: "" }, called), undefined);
});
