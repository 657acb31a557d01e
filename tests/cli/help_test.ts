import assert from "node:assert/strict";
import { FakeIo } from "../../lib/cli/fake_io.ts";
import { main } from "../../lib/cli/main.ts";

async function run(line: string, variables: Record<string, string> = {}) {
  const io = new FakeIo(variables);
  const exitCode = await main(line.split(" ").filter((word) => word !== ""), io);
  return { ...io.written, exitCode };
}

Deno.test("there are many ways to ask for the same help", async () => {
  const cases: [line: string, same: string[]][] = [
    ["--help", ["-h", "help", "-D --help", "-Dh", "help -D", "--help deploy"]],
    ["deploy --help", [
      "deploy -h",
      "help deploy",
      "-D help deploy",
      "help -D deploy",
      "deploy x --wait -h",
    ]],
    ["help --help", ["help help"]],
    ["tunnel-ssh --help", ["help tunnel-ssh", "tunnel-ssh host -h"]],
  ];
  for (const [line, same] of cases) {
    const help = await run(line);
    assert.deepEqual({ ...help, stdout: "" }, { stdout: "", stderr: "", exitCode: 0 });
    for (const other of same) assert.deepEqual(await run(other), help, other);
  }
});

Deno.test("without a command, the help is an error", async () => {
  const { stdout } = await run("--help");
  for (const line of ["", "--dry-run"]) {
    assert.deepEqual(await run(line), { stdout: "", stderr: stdout, exitCode: 2 }, line);
  }
});

Deno.test("docker's plugin shows its help under docker's name", async () => {
  const cases: [line: string, usage: string][] = [
    ["deploy --help", "docker deploy [options] [services...]"],
    ["--help deploy", "docker deploy [options] [services...]"],
    ["help deploy", "docker deploy [options] [services...]"],
    ["kerek deploy --help", "docker kerek deploy [options] [services...]"],
    ["kerek --help", "docker kerek [options] <command>"],
    ["help kerek", "docker kerek [options] <command>"],
  ];
  for (const [line, usage] of cases) {
    const { stdout, exitCode } = await run(line, {
      DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: "docker",
    });
    assert.equal(stdout.split("\n")[0], `Usage: ${usage}`, line);
    assert.equal(exitCode, 0);
  }
});

Deno.test("a help fits the width of the terminal, up to 100 columns", async () => {
  const longest = async (columns: number) => {
    const io = Object.assign(new FakeIo(), { columns: () => columns });
    await main(["deploy", "--help"], io);
    return Math.max(...io.written.stdout.split("\n").map((line) => line.length));
  };
  assert(await longest(76) <= 76);
  assert(await longest(300) > 80);
  assert(await longest(300) <= 100);
});
