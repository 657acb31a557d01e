import assert from "node:assert/strict";
import { Programs } from "./programs.ts";
import { beginReading } from "./reading.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const clients = {
  engine: ["docker"],
  compose: ["docker", "compose", "--profile", "x"],
  composeAlone: ["docker", "compose"],
  isPodman: false,
};

/** Reads what a Compose prints that answers some calls in its own way. */
function reading(answer: FakeSpawner["answer"]) {
  const spawner = new FakeSpawner();
  spawner.answer = answer;
  const { config, hashes } = beginReading(new Programs(clients, spawner), { compose: {} });
  const calls = () => spawner.calls.filter(({ argv }) => argv.includes("config"));
  return { config, hashes, calls };
}

const isHashes = (words: string[]): boolean => words.includes("--hash");

Deno.test("hashes are those of the resolved project, whose program starts before it is there", async () => {
  const { config, hashes, calls } = reading((words) =>
    isHashes(words) ? "web abc\n" : "services: {}\n"
  );
  assert.equal(calls().length, 2);
  assert.equal(await hashes, "web abc\n");
  assert.equal((await config).stdout, "services: {}\n");
  assert.equal(calls()[1].stdin, "services: {}\n");
});

Deno.test("a size that Compose prints as it does not read it is put right", async () => {
  const printed = (limit: string) =>
    "services:\n  web:\n" +
    `    memswap_limit: ${limit}\n` +
    'configs:\n  a:\n    content: |\n      memswap_limit: "-1"\n';
  const { config, hashes, calls } = reading((words) => isHashes(words) ? "" : printed('"-1"'));
  await hashes;
  assert.equal((await config).stdout, printed("-1"));
  assert.equal(calls()[1].stdin, printed("-1"));
});

Deno.test("where Compose does not read again what it printed, the files have to do", async () => {
  const { hashes, calls } = reading((words) => {
    if (!isHashes(words)) return "services: {}\n";
    return calls().length === 2 ? { code: 15, stderr: "invalid\n" } : "web of-files\n";
  });
  assert.equal(await hashes, "web of-files\n");
  assert.deepEqual(calls()[2].argv.slice(2), ["--profile", "x", "config", "--hash", "*"]);
});

Deno.test("files that cannot be read are one error", async () => {
  const { config, hashes, calls } = reading((words) =>
    isHashes(words) ? "" : { code: 15, stderr: "no such file\n" }
  );
  const message = "Cannot read the Compose files: no such file";
  await assert.rejects(config, { message });
  await assert.rejects(hashes, { message });
  assert.equal(calls().length, 2);
});
