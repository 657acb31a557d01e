import assert from "node:assert/strict";
import { KerekError } from "../errors.ts";
import { VirtualClock } from "../execute/virtual_clock.ts";
import { type Connection, LastingConnection } from "./lasting_connection.ts";

/** A machine to connect to, whose connections live until they are broken. */
class Machine {
  /** What a try to connect fails with; absent: it does not. */
  failure?: KerekError;
  readonly clock = new VirtualClock();
  readonly said: string[] = [];
  readonly open = new Set<number>();
  tries = 0;
  private break_: (stderr: string) => void = () => {};
  readonly lasting = new LastingConnection("there", this.begin(), {
    connect: (begun) => {
      const connection = this.begin();
      begun(connection);
      return this.failure ? Promise.reject(this.failure) : Promise.resolve();
    },
    isOpen: () => Promise.resolve(this.hasSocket && this.open.size > 0),
    isAnswering: () => Promise.resolve(this.isAnswering && this.open.size > 0),
    clock: this.clock,
    warn: (text) => this.said.push(text),
  });
  hasSocket = true;
  isAnswering = true;

  break(stderr = ""): void {
    this.break_(stderr);
  }

  private begin(): Connection {
    const id = ++this.tries;
    this.open.add(id);
    this.hasSocket = true;
    const { promise: ended, resolve } = Promise.withResolvers<{ stderr: string }>();
    const end = (stderr: string) => {
      this.open.delete(id);
      resolve({ stderr });
    };
    this.break_ = end;
    return { ended, end: () => Promise.resolve(end("")) };
  }
}

Deno.test("a connection that breaks is made again, as often as it does", async () => {
  const machine = new Machine();
  assert.equal(await machine.lasting.current(), 1);
  machine.break("Welcome\nConnection closed by remote host.\n");
  assert.equal(await machine.lasting.current(), 2);
  machine.break();
  assert.equal(await machine.lasting.current(), 3);
  assert.deepEqual(machine.said, [
    "The SSH connection to there has broken and is made again: Connection closed by remote host.",
    "The SSH connection to there is open again",
    "The SSH connection to there has broken and is made again: ssh has ended",
    "The SSH connection to there is open again",
  ]);
  await machine.lasting.close();
  assert.equal(machine.open.size, 0);
  assert.equal(machine.said.length, 4);
});

Deno.test("calls wait until it is made again", async () => {
  const machine = new Machine();
  machine.failure = new KerekError("Cannot reach there by SSH", { details: ["x", "refused"] });
  machine.clock.after(30_000, () => machine.failure = undefined);
  machine.break();
  assert.deepEqual(await Promise.all([machine.lasting.current(), machine.lasting.current()]), [
    2,
    2,
  ]);
  assert.equal(machine.clock.now(), 30_000);
  assert.equal(machine.open.size, 1);
  await machine.lasting.close();
});

Deno.test("after a minute it is given up, and calls wait no more", async () => {
  const machine = new Machine();
  machine.failure = new KerekError("Cannot reach there by SSH", { details: ["x", "refused"] });
  machine.break();
  assert.equal(await machine.lasting.current(), 1);
  assert.equal(machine.clock.now(), 60_000);
  const { tries } = machine;
  assert.equal(await machine.lasting.current(), 1);
  assert.equal(machine.tries, tries);
  assert.equal(
    machine.said.at(-1),
    "The SSH connection to there cannot be made again: Cannot reach there by SSH: refused",
  );
  assert.equal(machine.open.size, 0);
});

Deno.test("the end of the run ends the tries, too", async () => {
  const machine = new Machine();
  machine.failure = new KerekError("Cannot reach there by SSH");
  machine.break();
  machine.clock.after(5_500, () => machine.lasting.close());
  await machine.lasting.current();
  assert.equal(machine.clock.now(), 5_500);
  assert.equal(machine.open.size, 0);
  assert.equal(machine.said.length, 1);
});

Deno.test("one whose socket has gone is ended and made again", async () => {
  const machine = new Machine();
  machine.hasSocket = false;
  assert.equal(await machine.lasting.current(), 2);
  assert.equal(machine.open.size, 1);
  await machine.lasting.close();
});

Deno.test("after a failed call, a connection that is about to break is not taken for whole", async () => {
  const machine = new Machine();
  assert.equal(await machine.lasting.check(), 1);
  machine.isAnswering = false;
  machine.clock.after(100, () => machine.break());
  assert.equal(await machine.lasting.check(), 2);
  // It is the engine that does not answer.
  assert.equal(await machine.lasting.check(), 2);
  assert.equal(machine.said.length, 2);
  await machine.lasting.close();
});
