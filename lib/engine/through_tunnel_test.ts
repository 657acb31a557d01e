import assert from "node:assert/strict";
import { throughTunnel } from "./through_tunnel.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";
import type { SpawnOptions } from "./spawn.ts";

const ps = ["docker", "ps", "--quiet"];
const start = ["docker", "start", "--", "id1"];

/** Calls through a tunnel that breaks under the first of them, and how that fared. */
async function calling(
  kind: "read" | "write" | "pipe",
  argv: string[],
  options?: SpawnOptions,
  isBroken = true,
) {
  const spawner = new FakeSpawner();
  spawner.add("web");
  let connection = 1;
  spawner.answer = () => {
    if (spawner.calls.length > 1) return undefined;
    if (isBroken) connection++;
    return { code: 1, stderr: "no daemon answers" };
  };
  const waits: string[] = [];
  const wait = (how: string) => () => {
    waits.push(`${how} ${spawner.calls.length}`);
    return Promise.resolve(connection);
  };
  const tunnel = { current: wait("before"), check: wait("after") };
  const calls = throughTunnel(tunnel, spawner);
  const { code } = kind === "pipe"
    ? (await calls.pipe([argv]))[0]
    : await calls[kind](argv, options);
  return [code, ...waits].join(", ");
}

Deno.test("a call that only looks is made again if the connection broke under it", async () => {
  assert.equal(await calling("read", ps), "0, before 0, after 1, before 1");
  assert.equal(await calling("read", ps, {}, false), "1, before 0, after 1");
  assert.equal(await calling("read", ps, { signal: AbortSignal.abort() }), "1, before 0");
  assert.equal(await calling("read", ps, { onBytes: () => {} }), "1, before 0, after 1");
});

Deno.test("a call that changes something is made once, and its failure is told when all is whole", async () => {
  assert.equal(await calling("write", start), "1, before 0, after 1");
  assert.equal(await calling("pipe", start), "1, before 0");
});
