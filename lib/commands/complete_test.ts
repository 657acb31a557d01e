import assert from "node:assert/strict";
import { realCommands } from "../cli/commands.ts";
import { FakeIo } from "../cli/fake_io.ts";
import { main } from "../cli/main.ts";
import type { Output } from "../engine/spawn.ts";
import { runComplete } from "./complete.ts";

/** What kerek answers to a shell, where programs answer so, and what it asked them. */
async function answer(line: string, output: Partial<Output>, command = "__complete") {
  const calls: string[] = [];
  const io = new FakeIo();
  const read = (argv: string[]) => {
    calls.push(argv.join(" ").replace(/^\S*docker-compose/, "docker compose"));
    return Promise.resolve({ code: 0, stdout: "", stderr: "noise", ...output });
  };
  const spawner = { read, write: never, stream: never, pipe: never };
  const exitCode = await main([command, ...line.split(" ")], io, {
    ...realCommands,
    complete: (question, io) => runComplete(question, io, { spawner }),
  });
  return { calls, exitCode, ...io.written };
}

function never(): never {
  throw new Error("not expected");
}

Deno.test("Compose is asked for services of the project that is named, and no other program", async () => {
  const stdout = "web\nworker\napi\n";
  const found = await answer("-H h deploy -f a.yaml --profile p web w", { stdout });
  assert.deepEqual(found, {
    calls: ["docker --host h compose --file a.yaml --profile p config --services"],
    stdout: "worker\n:4\n",
    stderr: "",
    exitCode: 0,
  });
  assert.equal((await answer("deploy ", { stdout })).stdout, "web\nworker\napi\n:4\n");
});

Deno.test("the engine is asked for images, those of transfer-images where they come from", async () => {
  const { calls, stdout } = await answer("-H h transfer-images a", { stdout: "app:1\nb:2\n" });
  assert.deepEqual(calls, [
    "docker image ls --format {{.Repository}}:{{.Tag}} --filter dangling=false",
  ]);
  assert.equal(stdout, "app:1\n:4\n");
});

Deno.test("whatever goes wrong, there is nothing to complete, and nothing said of it", async () => {
  const cases: [line: string, output: Partial<Output>, calls: number][] = [
    ["deploy ", { code: 1, stdout: "web\n" }, 1],
    ["deploy ", { stdout: "$(touch x)\n`touch x`\n-x\na b\n" }, 1],
    ["deploy -f - ", { stdout: "web\n" }, 0],
    ["deploy --order x ", { stdout: "web\n" }, 0],
    ["deploy --no-such ", { stdout: "web\n" }, 0],
  ];
  for (const [line, output, calls] of cases) {
    const found = await answer(line, output);
    assert.deepEqual(
      [found.stdout, found.stderr, found.exitCode, found.calls.length],
      [":4\n", "", 0, calls],
      line,
    );
  }
});

Deno.test("descriptions are left out where the shell shows none", async () => {
  assert.match((await answer("deploy --wai", {})).stdout, /^--wait\tin the end, [^\n]*\n--wait-t/);
  assert.equal(
    (await answer("deploy --wai", {}, "__completeNoDesc")).stdout,
    "--wait\n--wait-timeout\n:4\n",
  );
});
