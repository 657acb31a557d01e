import assert from "node:assert/strict";
import { composeFiles } from "./compose_files.ts";

Deno.test("the Compose files are found as Compose finds them", () => {
  const cases: [files: string[], env: Record<string, string>, there: string[], paths: string[]][] =
    [
      [[], {}, [], []],
      [[], {}, ["/p/compose.yaml", "/p/docker-compose.yml"], ["/p/compose.yaml"]],
      [[], {}, ["/p/compose.yml", "/p/compose.override.yml"], [
        "/p/compose.yml",
        "/p/compose.override.yml",
      ]],
      [[], { COMPOSE_FILE: "a.yaml:/b.yaml" }, ["/p/compose.yaml"], ["/p/in/a.yaml", "/b.yaml"]],
      [[], { COMPOSE_FILE: "a,b", COMPOSE_PATH_SEPARATOR: "," }, [], ["/p/in/a", "/p/in/b"]],
      [["x.yaml", "-"], { COMPOSE_FILE: "a.yaml" }, [], ["/p/in/x.yaml"]],
      [["-"], {}, ["/p/compose.yaml"], []],
    ];
  for (const [files, env, there, paths] of cases) {
    const places = {
      env: (name: string) => env[name],
      fileExists: (path: string) => there.includes(path),
      cwd: "/p/in",
      directory: "/p",
    };
    assert.deepEqual(composeFiles({ files }, places), paths, JSON.stringify([files, env]));
  }
});
