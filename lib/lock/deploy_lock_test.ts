import assert from "node:assert/strict";
import { Programs } from "../engine/programs.ts";
import { FakeSpawner } from "../engine/testing/fake_spawner.ts";
import { KerekError } from "../errors.ts";
import { clearDeadLock, DeployLock, type LockPorts } from "./deploy_lock.ts";
import { LockStore } from "./lock_store.ts";

const clients = { engine: ["docker"], compose: ["docker", "compose"] };

function scene() {
  const spawner = new FakeSpawner();
  const said: string[] = [];
  let now = 0;
  const ports: LockPorts = {
    clock: { now: () => now, sleep: (ms) => Promise.resolve(void (now += ms)) },
    here: { owner: "me@here", pid: 1, place: "here", isRunning: () => true },
    signal: new AbortController().signal,
    verb: "deploy",
    say: (state, holder) => said.push(`${state}: ${holder.split(" ")[0]}`),
  };
  const store = new LockStore(new Programs(clients as Programs["clients"], spawner), "shop");
  const take = (changes: Partial<LockPorts> = {}) =>
    DeployLock.take(store, { ...ports, ...changes });
  return { spawner, said, store, take, now: () => now };
}

const other = { owner: "other@there", pid: 2, place: "there", isRunning: () => true };

Deno.test("a lock is there until it is released", async () => {
  const { spawner, take } = scene();
  const lock = await take();
  assert.ok(spawner.state.lock);
  assert.equal(lock.hadToWait, false);
  await lock.release();
  assert.equal(spawner.state.lock, undefined);
});

Deno.test("who does not want to wait is told whose lock it is", async () => {
  const { spawner, said, take } = scene();
  const first = await take({ here: other });
  const error = await take().then(() => undefined, (error) => error);
  assert.ok(error instanceof KerekError);
  assert.equal(error.exitCode, 6);
  assert.match(
    error.message,
    /^Cannot deploy shop: other@there \(process 2, since .*\) is deploying/,
  );
  assert.deepEqual(said, []);
  assert.ok(spawner.state.lock, "it is left alone");
  await first.release();
});

Deno.test("who waits says so once, and gets it when it is free", async () => {
  const { said, take, now } = scene();
  const first = await take({ here: other });
  const clock = {
    now,
    sleep: async () => void (now() >= 0 && said.length === 1 && await first.release()),
  };
  const second = await take({ timeoutS: 60, clock });
  assert.equal(second.hadToWait, true);
  assert.deepEqual(said, ["waiting: other@there"]);
  await second.release();
});

Deno.test("who waits gives up after its time", async () => {
  const { said, take, now } = scene();
  const first = await take({ here: other });
  await assert.rejects(take({ timeoutS: 5 }), { exitCode: 6 });
  assert.equal(now(), 5_000);
  assert.deepEqual(said, ["waiting: other@there"]);
  await first.release();
});

Deno.test("a dead holder's lock is taken over", async () => {
  const { spawner, said, take } = scene();
  const first = await take({ here: other });
  spawner.engineTime = "2026-01-02T03:05:06Z";
  const second = await take();
  assert.deepEqual(said, ["taken-over: other@there"]);
  assert.equal(spawner.state.lock?.labels["kerek.lock.owner"], "me@here");
  assert.equal(second.hadToWait, true, "it may have changed anything");
  await Promise.all([first.release(), second.release()]);
});

Deno.test("who has a lock learns at once that it is broken", async () => {
  const { spawner, store, take } = scene();
  const lock = await take();
  assert.equal(lock.lost.aborted, false);
  await store.remove({ id: "lock" });
  assert.equal(lock.lost.aborted, true);
  const next = await take({ here: other });
  await lock.release();
  assert.ok(spawner.state.lock, "it is no longer theirs to release");
  await next.release();
  assert.equal(next.lost.aborted, false, "giving it back is no loss");
});

Deno.test("a sign of life keeps a lock", async () => {
  const { spawner, take } = scene();
  const first = await take({ here: other });
  spawner.state.lock!.beatS = 30;
  spawner.engineTime = "2026-01-02T03:05:06Z";
  await assert.rejects(take(), { exitCode: 6 });
  await first.release();
});

Deno.test("of an engine without a single image, an empty one is used and removed", async () => {
  const { spawner, take } = scene();
  spawner.answer = ([first, second]) => {
    if (first === "image" && (second === "ls" || second === "rm")) return "";
    if (first === "import") return "sha256:empty\n";
  };
  await (await take()).release();
  const lines = spawner.lines();
  assert.deepEqual(lines.map((line) => line.split(" ").slice(1, 3).join(" ")), [
    "image ls",
    "import -",
    "create --name",
    "events --filter",
    "rm --volumes",
    "image rm",
  ]);
});

Deno.test("a container of somebody else that has the name of the lock is left alone", async () => {
  const { spawner, take } = scene();
  spawner.state.lock = { labels: {}, created: "2020-01-01T00:00:00Z", beatS: 0 };
  await assert.rejects(take(), /container kerek-lock-shop is not kerek's/);
  assert.ok(spawner.state.lock);
});

Deno.test("a dead holder's lock is cleared away, and no other", async () => {
  const { spawner, store, take } = scene();
  const here = { owner: "me@here", pid: 1, place: "here", isRunning: () => true };
  assert.equal(await clearDeadLock(store, here), undefined);
  const first = await take({ here: other });
  assert.equal(await clearDeadLock(store, here), undefined);
  assert.ok(spawner.state.lock);
  spawner.engineTime = "2026-01-02T03:05:06Z";
  assert.equal((await clearDeadLock(store, here))?.owner, "other@there");
  assert.equal(spawner.state.lock, undefined);
  await first.release();
});
