import assert from "node:assert/strict";
import { ExitCode, KerekError } from "../errors.ts";
import { type Commands, realCommands } from "./commands.ts";
import { FakeIo } from "./fake_io.ts";
import { main } from "./main.ts";

/** Commands of which `deploy` is replaced. */
function deployingBy(deploy: Commands["deploy"]): Commands {
  return { ...realCommands, deploy };
}

function failingWith(error: unknown): Commands {
  return deployingBy(() => Promise.reject(error));
}

Deno.test("a command gets its options and the streams, and its exit code is kerek's", async () => {
  const io = new FakeIo();
  const commands = deployingBy((options, { stdout }) => {
    stdout(`deploying ${options.services}\n`);
    return Promise.resolve(ExitCode.restored);
  });
  assert.equal(await main(["deploy", "x"], io, commands), 4);
  assert.deepEqual(io.written, { stdout: "deploying x\n", stderr: "" });
});

Deno.test("an error says what failed, details, and what to do, and ends with its exit code", async () => {
  const error = new KerekError("Cannot start replica 2 of web: image not found", {
    details: ["engine: no such image"],
    hint: "pull it first",
    exitCode: ExitCode.restored,
  });
  const io = new FakeIo();
  assert.equal(await main(["deploy"], io, failingWith(error)), 4);
  assert.deepEqual(io.written, {
    stdout: "",
    stderr: "Cannot start replica 2 of web: image not found\n" +
      "  engine: no such image\n" +
      "hint: pull it first\n",
  });
});

Deno.test("an error without a hint is one line", async () => {
  const io = new FakeIo();
  assert.equal(await main(["deploy"], io, failingWith(new KerekError("Cannot x: y"))), 3);
  assert.equal(io.written.stderr, "Cannot x: y\n");
});

Deno.test("anything else that is thrown is called a defect", async () => {
  const wrapped = KerekError.from(new TypeError("x is not a function"));
  for (const error of [new TypeError("x is not a function"), "x is not a function", wrapped]) {
    const io = new FakeIo();
    assert.equal(await main(["deploy"], io, failingWith(error)), 1);
    assert.equal(
      io.written.stderr,
      "Cannot go on: x is not a function\n" +
        "hint: this is a defect of kerek; run it again with --debug and report what it shows\n",
    );
  }
});

Deno.test("where an error comes from is shown with --debug only", async () => {
  const error = new KerekError("Cannot x: y", { cause: new Error("engine said no") });
  for (const argv of [["-D", "deploy"], ["deploy", "--debug"], ["deploy", "-DV"]]) {
    const io = new FakeIo();
    assert.equal(await main(argv, io, failingWith(error)), 3);
    assert.match(
      io.written.stderr,
      /^Cannot x: y\nKerekError: Cannot x: y\n +at .*engine said no/s,
    );
  }
  const io = new FakeIo();
  await main(["deploy", "--debug"], io, failingWith(new TypeError("oops")));
  assert.match(
    io.written.stderr,
    /^Cannot go on: oops\nhint: .*what follows\nTypeError: oops\n +at /,
  );
});
