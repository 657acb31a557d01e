import assert from "node:assert/strict";
import { refuseOtherEngine } from "./other_engine.ts";
import type { Output } from "./spawn.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

/** Programs that answer so, by the engine's id or by an error. */
async function refuse(engine: string[], answers: Record<string, string | Partial<Output>>) {
  const calls: string[] = [];
  const read = (argv: string[]) => {
    calls.push(argv.join(" "));
    const answer = answers[argv[0]];
    const output = typeof answer === "string" ? { stdout: `${answer}\n` } : answer;
    return Promise.resolve({ code: 0, stdout: "", stderr: "", ...output });
  };
  const isPodman = engine[0] === "podman";
  const spawner = Object.assign(new FakeSpawner(), { read });
  await refuseOtherEngine({ engine, compose: [], composeAlone: [], isPodman }, spawner);
  return calls;
}

Deno.test("docker and podman need not be asked", async () => {
  assert.deepEqual(await refuse(["docker", "--host", "h"], {}), []);
  assert.deepEqual(await refuse(["/opt/bin/docker"], {}), []);
  assert.deepEqual(await refuse(["podman", "--url", "h"], {}), []);
});

Deno.test("another client has to go to Compose's engine", async () => {
  const calls = await refuse(["my-docker", "--host", "h"], { "my-docker": "a", docker: "a" });
  assert.deepEqual(calls, [
    "my-docker --host h info --format {{.ID}}",
    "docker --host h info --format {{.ID}}",
  ]);
  const cases: [answers: Parameters<typeof refuse>[1], message: RegExp][] = [
    [{ nerdctl: "b", docker: "a" }, /: it does not go to the engine that docker compose goes to$/],
    [{ nerdctl: "", docker: "" }, /: it does not go to the engine/],
    [{ nerdctl: { code: 1, stderr: "unknown command\n" }, docker: "a" }, /: it does not know what/],
    [{ nerdctl: "b", docker: { code: 1, stderr: "x" } }, /: it does not go to the engine/],
  ];
  for (const [answers, message] of cases) {
    await assert.rejects(refuse(["nerdctl"], answers), { name: "KerekError", message });
  }
});
