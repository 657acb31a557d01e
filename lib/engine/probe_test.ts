import assert from "node:assert/strict";
import type { Probe } from "../plan/gates.ts";
import { type Access, decodeContainers, type InspectedContainer } from "./decode_containers.ts";
import { triesThrough } from "./command_tries.ts";
import { failureFromHere, tryProbe } from "./probe.ts";
import { Programs } from "./programs.ts";
import type { Output } from "./spawn.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const clients = {
  engine: ["docker"],
  compose: ["docker", "compose"],
  composeAlone: ["docker", "compose"],
  isPodman: false,
};

/** Tries once on a container that there is no way to but by the engine. */
async function tried(
  probe: Probe,
  { access, answer }: { access?: Partial<Access>; answer?: Partial<Output> } = {},
) {
  const spawner = new FakeSpawner({ services: { web: { hash: "a" } } });
  spawner.answer = () => answer ?? "";
  const programs = new Programs(clients, spawner);
  const { signal } = new AbortController();
  const tries = triesThrough(programs);
  const result = await tryProbe(programs, container(access), probe, {
    tries,
    signal,
    patience: { forMs: 10_000 },
  });
  return { ...result, calls: spawner.calls.map(({ argv }) => argv) };
}

function container(access: Partial<Access> = {}): InspectedContainer {
  const [inspected] = decodeContainers(JSON.stringify([{
    Id: "id1",
    Name: "/shop-web-1",
    State: { Status: "running" },
    Config: {
      Labels: { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" },
    },
    HostConfig: {},
  }]));
  return { ...inspected, access: { ...inspected.access, ...access } };
}

const exec = (...words: string[]) => [["docker", "exec", "--", "id1", ...words]];

Deno.test("a command passes by its exit code, and its last line says why not", async () => {
  const probe: Probe = { kind: "exec", command: ["check", "--all"] };
  assert.deepEqual(await tried(probe), {
    ok: true,
    detail: "exit code 0",
    calls: exec("check", "--all"),
  });
  const { ok, detail } = await tried(probe, {
    answer: { code: 3, stdout: "looking\n", stderr: "no database\n" },
  });
  assert.deepEqual([ok, detail], [false, "exit code 3 (no database)"]);
});

Deno.test("the healthcheck is run as the engine would run it", async () => {
  const probe: Probe = { kind: "healthcheck" };
  const cases: [access: Partial<Access>, command: string[]][] = [
    [{ healthTest: ["CMD", "test", "-f", "/tmp/ok"] }, ["test", "-f", "/tmp/ok"]],
    [{ healthTest: ["CMD-SHELL", "a && b"] }, ["/bin/sh", "-c", "a && b"]],
    [{ healthTest: ["CMD-SHELL", "a"], shell: ["bash", "-ec"] }, ["bash", "-ec", "a"]],
  ];
  for (const [access, command] of cases) {
    assert.deepEqual((await tried(probe, { access })).calls, exec(...command));
  }
  for (const healthTest of [[], ["NONE"]]) {
    await assert.rejects(tried(probe, { access: { healthTest } }), {
      name: "KerekError",
      message: "the container has no healthcheck to run",
    });
  }
});

/** Of `/proc/net/tcp`: something listens on 8080, and there is a connection to 9090. */
const sockets = `
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0100007F:2382 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 2 1
  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000
`;

/** Ways to have no address that leads to the container from here. */
const unreachable: Record<string, Partial<Access>> = {
  "no address": { addresses: [], pid: Deno.pid },
  "an engine elsewhere": { addresses: ["192.0.2.1"], pid: 0 },
  "a process id that is somebody else's here": { addresses: ["192.0.2.1"], pid: Deno.pid },
};

for (const [name, access] of Object.entries(unreachable)) {
  Deno.test(`with ${name}, the engine is asked inside the container`, async (t) => {
    await t.step("for a listener", async () => {
      for (const [port, isThere] of [[8080, true], [80, true], [9090, false], [1, false]]) {
        const result = await tried({ kind: "tcp", port: Number(port) }, {
          access,
          answer: { code: 1, stdout: sockets, stderr: "cat: /proc/net/tcp6: not there\n" },
        });
        assert.deepEqual(result, {
          ok: isThere,
          detail: isThere ? "something listens" : "nothing listens",
          calls: exec("cat", "/proc/net/tcp", "/proc/net/tcp6"),
        });
      }
    });
    await t.step("by HTTP", async () => {
      const probe: Probe = { kind: "http", port: 80, path: "/a?b=$(c)", statuses: [] };
      const { calls, ...result } = await tried(probe, {
        access,
        answer: { stderr: "  HTTP/1.1 204 No Content\n" },
      });
      assert.deepEqual(result, { ok: true, detail: "status 204" });
      const words = calls[0];
      assert.deepEqual(words.slice(0, 6), ["docker", "exec", "--", "id1", "/bin/sh", "-c"]);
      assert.deepEqual(words.slice(7), ["sh", "http://127.0.0.1:80/a?b=$(c)"]);
    });
  });
}

Deno.test("an HTTP status is one of those asked for, else any from 200 to 399", async () => {
  const cases: [status: number, statuses: number[], ok: boolean][] = [
    [200, [], true],
    [302, [], true],
    [399, [], true],
    [404, [], false],
    [503, [], false],
    [404, [401, 404], true],
    [200, [204], false],
  ];
  for (const [status, statuses, ok] of cases) {
    const probe: Probe = { kind: "http", port: 80, path: "/", statuses };
    const answer = { code: ok ? 0 : 1, stdout: `HTTP/1.1 ${status} Whatever\n` };
    const result = await tried(probe, { answer });
    assert.deepEqual([result.ok, result.detail], [ok, `status ${status}`]);
  }
});

Deno.test("without any answer, the program's last words are the reason", async () => {
  const cases: [probe: Probe, answer: Partial<Output>, detail: string][] = [
    [
      { kind: "http", port: 80, path: "/", statuses: [] },
      { code: 1, stdout: "wget: can't connect to remote host: Connection refused\n" },
      "wget: can't connect to remote host: Connection refused",
    ],
    [
      { kind: "http", port: 80, path: "/", statuses: [] },
      { code: 7, stdout: "HTTP/1.1 000\n", stderr: "curl: (7) Failed to connect\n" },
      "curl: (7) Failed to connect",
    ],
    [{ kind: "tcp", port: 80 }, { code: 127, stderr: "cat: not found\n" }, "cat: not found"],
    [{ kind: "tcp", port: 80 }, { code: 143 }, "no answer"],
  ];
  for (const [probe, answer, detail] of cases) {
    const result = await tried(probe, { answer });
    assert.deepEqual([result.ok, result.detail], [false, detail]);
  }
});

Deno.test("a try from here fails, or shows that there is no way from here", () => {
  const fetchFailed = (cause: string) =>
    new TypeError("fetch failed", {
      cause: new Error(`error sending request for url (http://10.0.0.2:80/): ${cause}`),
    });
  const cases: [error: unknown, detail: string | undefined][] = [
    [new Error("Connection refused (os error 111)"), "connection refused"],
    [fetchFailed("tcp connect error: Connection refused (os error 111)"), "connection refused"],
    [
      fetchFailed("client error (SendRequest): connection closed before message completed"),
      "connection closed before message completed",
    ],
    [fetchFailed("tcp connect error: No route to host (os error 113)"), undefined],
    [fetchFailed("tcp connect error: Network is unreachable (os error 101)"), undefined],
    [new Error("Connection timed out (os error 110)"), undefined],
    [AbortSignal.abort(new DOMException("Too slow", "TimeoutError")).reason, undefined],
    [new TypeError("Fetch failed: Requests to port 6000 are blocked"), undefined],
    ["strange", "strange"],
  ];
  for (const [error, detail] of cases) {
    const expected = detail === undefined ? undefined : { ok: false, detail };
    assert.deepEqual(failureFromHere(error), expected, String(error));
  }
});
