import assert from "node:assert/strict";
import { realHere } from "../../lib/lock/here.ts";

Deno.test("a process runs until it has ended, also where nobody has waited for it", async () => {
  const { isRunning, pid } = realHere();
  assert.equal(isRunning(pid), true);
  // The second one takes the shell's place, and does not know of the first, which ends only then: the
  // shell would wait for it.
  const script = "(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 30";
  const sleeper = new Deno.Command("sh", { args: ["-c", script], stdin: "null", stdout: "piped" })
    .spawn();
  try {
    const reader = sleeper.stdout.getReader();
    const ended = Number(new TextDecoder().decode((await reader.read()).value));
    await reader.cancel();
    // It ends at once, but may not have yet.
    for (let i = 0; isRunning(ended) && i < 500; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(isRunning(ended), false);
    assert.ok((await Deno.stat(`/proc/${ended}`)).isDirectory, "it is there, as a zombie");
    assert.equal(isRunning(sleeper.pid), true);
  } finally {
    sleeper.kill("SIGKILL");
    await sleeper.status;
  }
  assert.equal(isRunning(sleeper.pid), false);
});
