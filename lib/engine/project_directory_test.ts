import assert from "node:assert/strict";
import { projectDirectory } from "./project_directory.ts";

/** The project directory of a call in `/a/b` with these options, variables and files. */
const found = (
  options: { projectDirectory?: string; files?: string[] },
  { env = {}, files = [] }: { env?: Record<string, string>; files?: string[] } = {},
) =>
  projectDirectory({ files: [], ...options }, {
    cwd: "/a/b",
    env: (name) => env[name],
    fileExists: (path) => files.includes(path),
  });

Deno.test("the project directory is where Compose takes it from", () => {
  assert.equal(found({ projectDirectory: "../p", files: ["x/c.yaml"] }), "/a/p");
  assert.equal(found({ files: ["x/c.yaml", "y/d.yaml"] }), "/a/b/x");
  assert.equal(found({ files: ["-"] }), "/a/b");
  assert.equal(found({}, { env: { COMPOSE_FILE: "/s/c.yaml:d.yaml" } }), "/s");
  const separated = { COMPOSE_FILE: "t/c.yaml,d.yaml", COMPOSE_PATH_SEPARATOR: "," };
  assert.equal(found({}, { env: separated }), "/a/b/t");
  assert.equal(found({}, { files: ["/a/docker-compose.yml"] }), "/a");
  assert.equal(found({}, { files: ["/a/b/compose.yaml", "/a/compose.yaml"] }), "/a/b");
  assert.equal(found({}), "/a/b");
});
