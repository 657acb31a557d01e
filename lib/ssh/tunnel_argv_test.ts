import assert from "node:assert/strict";
import {
  exitArgv,
  forwardArgv,
  localPaths,
  masterArgv,
  stopArgv,
  tunnelArgv,
  tunnelPattern,
} from "./tunnel_argv.ts";

Deno.test("ssh is told both ends, and never asks", () => {
  const paths = { ...localPaths("kerek.sock"), remote: "/run/docker.sock" };
  const target = { host: "ssh://u@h:2222", configFile: "c" };
  assert.equal(
    tunnelArgv(target, paths).join(" "),
    "ssh -F c -o BatchMode=yes -N -T -M -S ./kerek.sock.ssh -o ControlPersist=no " +
      "-o ExitOnForwardFailure=yes -o ServerAliveInterval=15 -o ServerAliveCountMax=3 " +
      "-L ./kerek.sock:/run/docker.sock -p 2222 -- u@h",
  );
  assert.equal(
    stopArgv(target, paths).join(" "),
    "ssh -F c -o BatchMode=yes -S ./kerek.sock.ssh -O exit -p 2222 -- u@h",
  );
});

Deno.test("what ssh gives a meaning to is taken as it is", () => {
  const paths = { ...localPaths("~/a:b\\c%h"), remote: "/r:%" };
  const argv = tunnelArgv({ host: "h" }, paths);
  assert.ok(argv.includes("./~/a:b\\c%%h.ssh"), argv.join(" "));
  assert.ok(argv.includes("./~/a\\:b\\\\c%%h:/r\\:%%"), argv.join(" "));
});

Deno.test("a connection for a run forwards what it is told later, and nothing of a config file", () => {
  const control = "/run/user/0/k%/control";
  assert.equal(
    masterArgv({ host: "ssh://u@h:2222" }, control).join(" "),
    "ssh -o BatchMode=yes -T -M -S /run/user/0/k%%/control -o ControlPersist=no " +
      "-o ClearAllForwardings=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 " +
      "-o ServerAliveCountMax=3 -p 2222 -- u@h sh -s",
  );
  const start = "ssh -F none -o BatchMode=yes -S /run/user/0/k%%/control -O";
  assert.equal(
    forwardArgv({ control, local: "/k:%", remote: "/r" }).join(" "),
    `${start} forward -L /k\\:%%:/r -- kerek`,
  );
  assert.equal(exitArgv(control).join(" "), `${start} exit -- kerek`);
});

Deno.test("a tunnel's command line tells where it leads, but for where its ends here are", () => {
  const target = { host: "deploy@host:22", configFile: "a b" };
  const paths = { ...localPaths("x y.sock"), remote: "/run/docker.sock" };
  const line = (here: typeof target, there: typeof paths) => tunnelArgv(here, there).join(" ");
  const pattern = tunnelPattern(target, paths.remote);
  assert.match(line(target, paths), pattern);
  assert.match(line(target, { ...paths, ...localPaths("/tmp/z.sock") }), pattern);
  assert.match(`/usr/bin/${line(target, paths)}`, pattern);
  for (
    const other of [
      line({ ...target, host: "deploy@host" }, paths),
      line({ ...target, host: "deploy@host:222" }, paths),
      line({ ...target, configFile: "a" }, paths),
      line(target, { ...paths, remote: "/run/docker_sock" }),
      line(target, { ...paths, remote: "/run/run/docker.sock" }),
      line(target, { ...paths, remote: "/x:/run/docker.sock" }),
      `${line(target, paths)} true`,
      "",
    ]
  ) assert.doesNotMatch(other, pattern);
});
