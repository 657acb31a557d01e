import assert from "node:assert/strict";
import type { ImageTransfer, Way } from "./plan.ts";
import { runTransfers } from "./run_transfers.ts";

function transfer(name: string, after?: string): ImageTransfer {
  const source = { id: name, layers: [], content: "" };
  const way: Way = after === undefined ? { kind: "whole" } : { kind: "tag", target: after, after };
  return { name, source, way };
}

/** Runs transfers that each take one turn, and notes when they begin and end. */
async function run(transfers: ImageTransfer[], jobs: number, failing = ""): Promise<string> {
  const log: string[] = [];
  const running = runTransfers(transfers, jobs, async ({ name }) => {
    log.push(`+${name}`);
    await new Promise((resolve) => setTimeout(resolve));
    if (name === failing) throw new Error(name);
    log.push(`-${name}`);
  });
  await running.catch((error) => log.push(`!${error.message}`));
  return log.join(" ");
}

Deno.test("as many run at a time as are asked for", async () => {
  const three = ["a", "b", "c"].map((name) => transfer(name));
  assert.equal(await run(three, 1), "+a -a +b -b +c -c");
  assert.equal(await run(three, 3), "+a +b +c -a -b -c");
});

Deno.test("one waits for that which it builds on, and others pass it", async () => {
  const all = [transfer("a"), transfer("b", "a"), transfer("c")];
  assert.equal(await run(all, 2), "+a +c -a +b -c -b");
});

Deno.test("what is left is not run", async () => {
  const left: ImageTransfer = { ...transfer("a"), way: { kind: "leave" } };
  assert.equal(await run([left, transfer("b")], 1), "+b -b");
});

Deno.test("after a failure, those under way end and no other begins", async () => {
  const all = [transfer("a"), transfer("b"), transfer("c"), transfer("d", "a")];
  assert.equal(await run(all, 2, "a"), "+a +b -b !a");
});
