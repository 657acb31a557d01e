import assert from "node:assert/strict";
import { FakeIo } from "../cli/fake_io.ts";
import type { Output, SpawnOptions } from "../engine/spawn.ts";
import type { ProvisionOptions } from "../options.ts";
import { recordSchema } from "../ui/event_schema.ts";
import { runProvision } from "./provision.ts";

const probe = "id=debian version=12 systemd=yes uid=0 root=root packages= present=no " +
  "configured=no running=no member=no swarm=no linger=no subids=no socket=no restart=no";

const ready = "version=20.10.24 socket=/var/run/docker.sock";

/** Runs it on a host that answers so, and tells what was asked of the host. */
async function provision(
  options: Partial<ProvisionOptions>,
  { facts = probe, result = ready, code = 0, stderr = "", isTerminal = false, isSure = false } = {},
) {
  const calls: string[] = [];
  const answer = (kind: string, words: string) => (argv: string[], options?: SpawnOptions) => {
    calls.push(`${kind} ${argv.join(" ")}`);
    assert.match(String(options?.stdin), /^main\(\) \{\n/);
    const stdout = words.split(" ").map((word) => word && `kerek:${word}\n`).join("");
    const output: Output = { code: kind === "write" ? code : 0, stdout, stderr };
    return Promise.resolve(output);
  };
  const io = Object.assign(new FakeIo(), {
    isTerminal: { stdin: isTerminal, stdout: false, stderr: false },
  });
  const stream = () => {
    throw new Error("not expected");
  };
  const spawner = {
    read: answer("read", facts),
    write: answer("write", result),
    stream,
    pipe: stream,
  };
  const error = await runProvision(
    { engine: { containerEngine: "docker" }, host: "h", ...options },
    io,
    { spawner, confirm: () => isSure },
  ).then(() => undefined, (error) => error);
  return { calls, error, ...io.written };
}

Deno.test("localhost is this machine, unless there is an SSH config file", async () => {
  const cases: [options: Partial<ProvisionOptions>, argv: string][] = [
    [{ host: "localhost" }, "sh -s"],
    [{ host: "localhost", sshConfig: "f" }, "ssh -F f -o BatchMode=yes -- localhost sh -s"],
    [{ host: "u@h:22" }, "ssh -o BatchMode=yes -p 22 -- u@h sh -s"],
  ];
  for (const [options, argv] of cases) {
    const { calls, stdout } = await provision({ ...options, force: true });
    assert.deepEqual(calls, [`read ${argv}`, `write ${argv}`]);
    assert.match(
      stdout,
      /^Engine: {2}docker 20\.10\.24\nSocket: {2}\/var\/run\/docker\.sock\nNext: /,
    );
  }
});

Deno.test("nothing is changed unless someone says so", async () => {
  const { calls, error } = await provision({});
  assert.deepEqual(calls.length, 1);
  assert.match(error.message, /nobody can be asked/);
  const refused = await provision({}, { isTerminal: true });
  assert.equal(refused.calls.length, 1);
  assert.match(refused.stderr, /- install docker\.io/);
  assert.match(refused.error.message, /not confirmed/);
  assert.equal((await provision({}, { isTerminal: true, isSure: true })).calls.length, 2);
  const dry = await provision({ dryRun: true });
  assert.equal(dry.calls.length, 1);
  assert.match(dry.stdout, /^main\(\) \{\n[^]*apt install[^]*main <\/dev\/null\n$/);
});

Deno.test("programs are told what is planned, begun and there, by the schema", async () => {
  const cases: [options: Partial<ProvisionOptions>, answers: { code?: number }, types: string][] = [
    [{ dryRun: true }, {}, "provision-planned"],
    [{ force: true }, {}, "provision-planned provision-started provisioned"],
    [{ force: true }, { code: 1 }, "provision-planned provision-started error"],
    [{}, {}, "provision-planned error"],
  ];
  for (const [options, answers, types] of cases) {
    // A terminal cannot be asked among lines for programs.
    const more = { ...answers, isTerminal: true, isSure: true };
    const { stdout, stderr } = await provision({ ...options, progress: "json" }, more);
    const records = stdout.trimEnd().split("\n").map((x) => recordSchema.parse(JSON.parse(x)));
    assert.equal(records.map(({ type }) => type).join(" "), types);
    assert.equal(stderr, "");
  }
});

Deno.test("quietly, only what was asked for is printed", async () => {
  const { stdout, stderr } = await provision({ force: true, progress: "quiet" });
  assert.match(stdout, /^Engine: /);
  assert.equal(stderr, "");
});

Deno.test("failures say what became of the host", async () => {
  const cases: [answers: Parameters<typeof provision>[1], exitCode: number, message: RegExp][] = [
    [{ facts: "", stderr: "Permission denied\n" }, 3, /^Cannot reach h: /],
    [{ facts: probe.replace("debian", "arch") }, 3, /: arch 12 is not supported$/],
    [{ code: 1 }, 5, /: a step failed$/],
    [{ result: "version=1 socket=/x;reboot" }, 5, /: its report is odd$/],
    [{ result: "version=1" }, 5, /: its report is odd$/],
  ];
  for (const [answers, exitCode, message] of cases) {
    const { error } = await provision({ force: true }, answers);
    assert.match(error.message, message);
    assert.equal(error.exitCode, exitCode);
  }
  const { error, calls } = await provision({ engine: { containerEngine: "nerdctl" } });
  assert.equal(error.exitCode, 2);
  assert.deepEqual(calls, []);
});
