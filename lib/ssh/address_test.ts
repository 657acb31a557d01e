import assert from "node:assert/strict";
import { sshAddress } from "./address.ts";

Deno.test("an address is a machine, and perhaps a socket there", () => {
  const cases: [text: string, host: string, socket?: string][] = [
    ["ssh://h", "ssh://h"],
    ["ssh://h/", "ssh://h"],
    ["ssh://u@h:22", "ssh://u@h:22"],
    ["ssh://u@[2001:db8::1]:22/run/docker.sock", "ssh://u@[2001:db8::1]:22", "/run/docker.sock"],
  ];
  for (const [text, host, socket] of cases) {
    assert.deepEqual(sshAddress(text), { target: { host }, ...(socket ? { socket } : {}) }, text);
  }
});
