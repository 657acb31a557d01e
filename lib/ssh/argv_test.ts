import assert from "node:assert/strict";
import { sshArgv } from "./argv.ts";

Deno.test("a host is ssh's operand, never one of its options", () => {
  const cases: [host: string, words: string][] = [
    ["h", "-- h"],
    ["u@h", "-- u@h"],
    ["ssh://u@h", "-- u@h"],
    ["ssh://u@h:2222", "-p 2222 -- u@h"],
    ["h:22", "-p 22 -- h"],
    ["u@[2001:db8::1]:22", "-p 22 -- u@2001:db8::1"],
    ["[::1]", "-- ::1"],
    ["-oProxyCommand=x", "-- -oProxyCommand=x"],
  ];
  for (const [host, words] of cases) {
    assert.equal(sshArgv({ host }).join(" "), `ssh -o BatchMode=yes ${words}`, host);
  }
});

Deno.test("a config file, options and a command have their places", () => {
  assert.deepEqual(sshArgv({ host: "h:1", configFile: "f g" }, ["-N"], ["sh", "-s"]), [
    ...["ssh", "-F", "f g", "-o", "BatchMode=yes", "-N", "-p", "1", "--", "h", "sh", "-s"],
  ]);
});
