import assert from "node:assert/strict";
import { EventFeed, parseEvent } from "./event_feed.ts";
import { Programs } from "./programs.ts";
import { FakeSpawner } from "./testing/fake_spawner.ts";

const fixture = (name: string) =>
  Deno.readTextFileSync(new URL(`./testing/fixtures/${name}`, import.meta.url))
    .trimEnd().split("\n");

Deno.test("events of Docker and Podman tell which container and what", () => {
  const short = (line: string) => {
    const { id, action } = parseEvent(line);
    return `${id.slice(0, 4)} ${action}`;
  };
  assert.deepEqual(fixture("docker_20.10.events.txt").map(short), [
    "0ab5 create",
    "0ab5 start",
    "0ab5 die",
    "7ca6 exec_create: /bin/sh -c echo I am ill; exit 1",
    "7ca6 exec_start: /bin/sh -c echo I am ill; exit 1",
    "7ca6 exec_die",
    "7ca6 health_status: unhealthy",
    "0677 health_status: healthy",
    "f68d pause",
  ]);
  assert.deepEqual(fixture("podman_4.3.events.txt").map(short), [
    "e499 create",
    "3492 init",
    "3492 start",
    "e499 health_status",
    "e499 exec_died",
    "458c attach",
    "458c died",
    "0e97 sync",
    "0e97 stop",
    "0e97 cleanup",
    "0e97 remove",
  ]);
});

Deno.test("lines that are no events tell nothing", () => {
  for (const line of ["", "{", "null", "[]", "{}", "1", '"x"', '{"Actor":null}']) {
    assert.deepEqual(parseEvent(line), { id: "", action: "" }, line);
  }
});

/** A feed that listens to a fake engine, already shown to work unless told otherwise. */
function listening({ isAlive = true, isPodman = false } = {}) {
  const spawner = new FakeSpawner();
  const clients = {
    engine: ["docker"],
    compose: ["docker", "compose"],
    composeAlone: ["docker", "compose"],
    isPodman,
  };
  const feed = new EventFeed(new Programs(clients, spawner), "shop");
  feed.open();
  const send = (id: string, Action: string) => spawner.onLine!(JSON.stringify({ id, Action }));
  if (isAlive) send("another", "create");
  /** Names of waits that are over. */
  const woken: string[] = [];
  const wait = (name: string, id: string, signal = new AbortController().signal) =>
    feed.next(id, signal).then(() => void woken.push(name));
  return { spawner, feed, send, wait, woken };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("a container's event wakes all who wait for it, and nobody else", async () => {
  const { send, wait, woken, feed } = listening();
  const abort = new AbortController();
  const waits = [wait("a1", "a"), wait("a2", "a"), wait("b", "b", abort.signal)];
  await settled();
  assert.deepEqual(woken, []);
  send("a", "health_status: healthy");
  await settled();
  assert.deepEqual(woken, ["a1", "a2"]);
  abort.abort();
  await Promise.all(waits);
  assert.deepEqual(woken, ["a1", "a2", "b"]);
  await feed.close();
});

Deno.test("a wait is over once, and the next one needs an event of its own", async () => {
  const { send, wait, woken, feed } = listening();
  const first = wait("first", "a");
  send("a", "start");
  send("a", "die");
  await first;
  const abort = new AbortController();
  const second = wait("second", "a", abort.signal);
  await settled();
  assert.deepEqual(woken, ["first"]);
  abort.abort();
  await second;
  await feed.close();
});

Deno.test("events that change nothing wake nobody", async () => {
  const { send, wait, woken, spawner, feed } = listening();
  const waiting = wait("a", "a");
  for (const action of ["exec_create: x", "exec_start: x", "exec_die", "exec_died", "sync"]) {
    send("a", action);
  }
  spawner.onLine!("no event");
  await settled();
  assert.deepEqual(woken, []);
  send("a", "anything else");
  await waiting;
  await feed.close();
});

Deno.test("a signal that is aborted already ends the wait at once", async () => {
  const { wait, feed } = listening();
  await wait("a", "a", AbortSignal.abort());
  await feed.close();
});

Deno.test("until the feed has shown that it works, and after its end, looking again is due soon", async () => {
  const { wait, spawner, send, feed } = listening({ isAlive: false });
  await wait("before the first event", "a");
  send("another", "start");
  spawner.endStream();
  await settled();
  await wait("after the stream's end", "a");
  await feed.close();
});

Deno.test("the end of the feed wakes all", async () => {
  const { wait, spawner, feed } = listening();
  const waits = [wait("a", "a"), wait("b", "b")];
  spawner.endStream();
  await Promise.all(waits);
  await feed.close();
});

Deno.test("the feed listens once, in the engine's own form", async () => {
  for (const [isPodman, format] of [[false, "'{{json .}}'"], [true, "json"]] as const) {
    const { spawner, feed } = listening({ isPodman });
    feed.open();
    assert.deepEqual(spawner.lines("stream"), [
      "docker events --filter type=container --filter label=com.docker.compose.project=shop " +
      `--format ${format}`,
    ]);
    await feed.close();
  }
});

Deno.test("a feed that was never opened can be closed", async () => {
  const clients = {
    engine: ["docker"],
    compose: ["docker", "compose"],
    composeAlone: ["docker", "compose"],
    isPodman: false,
  };
  await new EventFeed(new Programs(clients, new FakeSpawner()), "shop").close();
});
