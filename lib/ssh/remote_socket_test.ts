import assert from "node:assert/strict";
import { spawner } from "../engine/spawn.ts";
import { socketReport, socketScript } from "./remote_socket.ts";

/** Runs the script here, with a `docker` whose client goes to `own`, or with none. */
async function report(own: string | undefined, socket?: string) {
  const docker = own === undefined ? "docker() { false; }" : `docker() { echo '${own}'; }`;
  const script = `echo Welcome; ${docker}\n${socketScript({ isPodman: false, socket })}`;
  const { stdout, stderr } = await spawner.read(["sh", "-s"], { stdin: script });
  assert.equal(stderr, "");
  return socketReport(stdout);
}

Deno.test("the socket is the one that the client there goes to", async () => {
  assert.deepEqual(await report("tcp://192.0.2.1:2376"), { kind: "elsewhere" });
  assert.deepEqual(await report(undefined, "/no/engine.sock"), { kind: "missing" });
  const script = socketScript({ isPodman: false });
  assert.match(script, /set -- \$docker \$podman$/m);
  assert.match(socketScript({ isPodman: true }), /set -- \$podman \$docker$/m);
});

Deno.test("what cannot be trusted is no report", () => {
  const cases: [stdout: string, report: unknown][] = [
    ["", undefined],
    ["kerek-socket usable /run/docker.sock", undefined], // Perhaps there is more to come.
    ["kerek-socket usable relative.sock\n", undefined],
    ["kerek-socket usable /x;reboot\n", undefined],
    ["kerek-socket usable /x y\n", undefined],
    ["kerek-socket usable\n", undefined],
    ["say kerek-socket usable /x\n", undefined],
    ["kerek-socket denied /x\r\n", { kind: "denied", path: "/x" }],
    ["Hello!\nkerek-socket usable /x\n", { kind: "usable", path: "/x" }],
    ["kerek-socket missing\n", { kind: "missing" }],
  ];
  for (const [stdout, expected] of cases) assert.deepEqual(socketReport(stdout), expected, stdout);
});
