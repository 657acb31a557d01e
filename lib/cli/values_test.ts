import assert from "node:assert/strict";
import { integerFrom, operand, programName, sshHost } from "./values.ts";

Deno.test("integers are whole, safe, and not below the least", () => {
  for (const [text, value] of [["0", 0], ["007", 7], ["+5", 5], ["-1", -1]] as const) {
    assert.equal(integerFrom(-1)(text), value);
  }
  for (const text of ["", " ", "-2", "1.5", "1e3", "0x1", "9007199254740992", "1s", "--1"]) {
    assert.throws(() => integerFrom(-1)(text), /whole number, -1 or more/, text);
  }
});

Deno.test("an engine is the name or path of a program", () => {
  for (const name of ["docker", "podman-4.3", "/usr/local/bin/docker", "./g++", "my_docker"]) {
    assert.equal(programName(name), name);
  }
  for (const name of ["", "-x", "docker compose", "x;y", "$(x)", "a\nb", "docker\n", "ä"]) {
    assert.throws(() => programName(name), /program's name/, name);
  }
});

Deno.test("operands are neither empty nor like options", () => {
  assert.equal(operand("service", "web-1"), "web-1");
  assert.throws(() => operand("service", ""), { message: 'Cannot use "" as service: it is empty' });
  assert.throws(() => operand("service", "-x"), {
    message: 'Cannot use "-x" as service: it starts with "-"',
  });
});

Deno.test("an SSH host has a name that ssh cannot take for an option", () => {
  const good = ["h", "u@h", "ssh://u@h:22", "192.0.2.1:2222", "[2001:db8::1]:22", "my_host.de"];
  for (const host of good) assert.equal(sshHost(host), host);
  const bad = ["", "-x", "ssh://-x", "u@-x", "-u@h", "ssh://-u@h", "h:", "h:x", "h/x", "a b"];
  for (
    const host of [
      ...bad,
      "http://h",
      "u@v@h",
      "h\n",
      "ssh://",
      "[h]",
      "::1",
      "h;x",
      "u`x`@h",
      "$x",
      "-oProxyCommand=x",
    ]
  ) {
    assert.throws(() => sshHost(host), /^KerekError: Cannot use /, host);
  }
});
