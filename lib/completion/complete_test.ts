import assert from "node:assert/strict";
import { FakeIo } from "../cli/fake_io.ts";
import { parse } from "../cli/parse.ts";
import type { Completion } from "./complete.ts";

/** What is found for a command line, whose last word ends at its end. */
function completion(line: string, variables: Record<string, string> = {}): Completion {
  const invocation = parse(["__complete", ...line.split(" ")], new FakeIo(variables));
  assert.equal(invocation.command, "complete");
  return (invocation as { question: { completion: Completion } }).question.completion;
}

const values = (line: string): string =>
  completion(line).candidates.map(({ value }) => value).join(" ");

Deno.test("commands, options and values are found where they can stand", () => {
  const cases: [line: string, found: string][] = [
    ["dep", "deploy"],
    ["-D dep", "deploy"],
    ["-f deploy dep", "deploy"],
    ["--host ssh://deploy dep", "deploy"],
    ["nothing dep", ""],
    ["help de", "deploy"],
    ["hooks ", "init list"],
    ["completions ", "bash fish zsh"],
    ["completions bash ", ""],
    ["--vers", "--version"],
    ["deploy --or", "--order"],
    ["deploy --order ", "start-first stop-first"],
    ["deploy --order sta", "start-first"],
    ["deploy --order=sto", "stop-first"],
    ["deploy --order x --or", ""],
    ["deploy --file x --fil", "--file"],
    ["deploy --he", "--help"],
    ["deploy -t", "-t"],
    ["deploy --no-such=", ""],
    ["deploy --wait=", ""],
    ["deploy -- --or", ""],
    ["deploy --det", "--detach"],
    ["deploy -Dl ", "debug info warn error fatal"],
    ["deploy -lx --lo", "--lock-timeout"],
  ];
  for (const [line, found] of cases) assert.equal(values(line), found, line);
});

Deno.test("what programs know and what is on disk is asked for where it fits", () => {
  const cases: [line: string, source: string | undefined, paths: string][] = [
    ["deploy w", "services", "none"],
    ["deploy -f x --wait web w", "services", "none"],
    ["deploy -- w", "services", "none"],
    ["deploy --profile ", "profiles", "none"],
    ["deploy -p", undefined, "none"],
    ["rollback --to ", "entries", "none"],
    ["deploy -p ", "projects", "none"],
    ["-c ", "contexts", "none"],
    ["transfer-images ", "images", "none"],
    ["deploy --file ", undefined, "files"],
    ["deploy --file=", undefined, "files"],
    ["deploy --project-directory ", undefined, "folders"],
    ["--config ", undefined, "folders"],
    ["hooks init ", undefined, "files"],
    ["deploy --timeout ", undefined, "none"],
  ];
  for (const [line, source, paths] of cases) {
    const found = completion(line);
    assert.deepEqual([found.source, found.paths], [source, paths], line);
  }
});

Deno.test("docker's plugin completes what comes after its name", () => {
  const variables = { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: "docker" };
  for (const line of ["deploy --order st", "kerek deploy --order st"]) {
    const found = completion(line, variables).candidates.map(({ value }) => value);
    assert.deepEqual(found, ["start-first", "stop-first"], line);
  }
});
