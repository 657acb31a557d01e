import assert from "node:assert/strict";
import { Programs } from "./programs.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const clients = {
  engine: ["podman", "--url", "u"],
  compose: ["docker", "--host", "u", "compose", "--file", "-"],
  composeAlone: ["docker", "--host", "u", "compose"],
  isPodman: true,
};

function programs(answer: FakeSpawner["answer"] = () => "out\n") {
  const spawner = new FakeSpawner();
  spawner.answer = answer;
  return { spawner, programs: new Programs(clients, spawner, "services: {}\n") };
}

Deno.test("calls go behind their client, and the Compose file of standard input to Compose", async () => {
  const { spawner, programs: p } = programs();
  assert.equal(await p.readEngine(["ps"]), "out\n");
  assert.equal((await p.readCompose(["config"])).stdout, "out\n");
  assert.equal(await p.writeEngine(["start", "--", "x"], { stdin: "tar" }), "out\n");
  assert.equal((await p.writeCompose(["up"])).stdout, "out\n");
  assert.deepEqual(spawner.calls, [
    { kind: "read", argv: ["podman", "--url", "u", "ps"] },
    {
      kind: "read",
      argv: ["docker", "--host", "u", "compose", "--file", "-", "config"],
      stdin: "services: {}\n",
    },
    { kind: "write", argv: ["podman", "--url", "u", "start", "--", "x"], stdin: "tar" },
    {
      kind: "write",
      argv: ["docker", "--host", "u", "compose", "--file", "-", "up"],
      stdin: "services: {}\n",
    },
  ]);
});

Deno.test("a resolved project is read from standard input, with all of its profiles", async () => {
  const { spawner, programs: p } = programs();
  const { stdout } = await p.tryResolved(Promise.resolve("services: {}\n"), [
    "config",
    "--hash",
    "*",
  ]);
  assert.equal(stdout, "out\n");
  const [{ argv, stdin }] = spawner.calls;
  assert.equal(
    argv.join(" "),
    "docker --host u compose --env-file /dev/null --profile * --file - config --hash *",
  );
  assert.equal(stdin, "services: {}\n");
});

Deno.test("more profiles are those of Compose alone", async () => {
  const { spawner, programs: p } = programs();
  const more = p.withProfiles(["a", "-b"]);
  await more.readEngine(["ps"]);
  await more.readCompose(["config"]);
  assert.deepEqual(spawner.calls.map(({ argv }) => argv.join(" ")), [
    "podman --url u ps",
    "docker --host u compose --file - --profile a --profile -b config",
  ]);
  assert.equal(spawner.calls[1].stdin, "services: {}\n");
});

Deno.test("a call that fails says why, unless it was only tried", async () => {
  const { programs: p } = programs(() => ({ code: 1, stderr: "note\nError: no\n" }));
  const error = { name: "KerekError", message: "no", details: ["note"] };
  await assert.rejects(p.readEngine(["ps"]), error);
  await assert.rejects(p.readCompose(["ps"]), error);
  await assert.rejects(p.writeEngine(["ps"]), error);
  await assert.rejects(p.writeCompose(["ps"]), error);
  assert.equal((await p.tryEngine(["ps"])).code, 1);
  assert.equal((await p.tryCompose(["config"])).code, 1);
});
