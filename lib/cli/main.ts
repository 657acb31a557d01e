import type { ExitCode } from "../errors.ts";
import { checkInvocation } from "./check_invocation.ts";
import { type Commands, realCommands } from "./commands.ts";
import type { Invocation } from "./invocation.ts";
import type { Io } from "./io.ts";
import { parse } from "./parse.ts";
import { report } from "./report.ts";

/** Does what the command line `argv` asks for. Never throws. */
export async function main(
  argv: readonly string[],
  io: Io,
  commands: Commands = realCommands,
): Promise<ExitCode> {
  let isDebug = argv.includes("--debug") || argv.includes("-D");
  try {
    const invocation = parse(argv, io);
    isDebug = "options" in invocation && invocation.options.engine.debug === true;
    await checkInvocation(invocation, io.env);
    return await run(invocation, io, commands);
  } catch (error) {
    const { text, exitCode } = report(error, isDebug);
    io.stderr(text);
    return exitCode;
  }
}

async function run(invocation: Invocation, io: Io, commands: Commands): Promise<ExitCode> {
  switch (invocation.command) {
    case "check":
      return await commands.check(invocation.options, io);
    case "complete":
      return await commands.complete(invocation.question, io);
    case "config":
      return await commands.config(invocation.options, io);
    case "deploy":
      return await commands.deploy(invocation.options, io);
    case "doctor":
      return await commands.doctor(invocation.options, io);
    case "history":
      return await commands.history(invocation.options, io);
    case "hooks":
      return await commands.hooks(invocation.options, io);
    case "provision":
      return await commands.provision(invocation.options, io);
    case "rollback":
      return await commands.rollback(invocation.options, io);
    case "status":
      return await commands.status(invocation.options, io);
    case "transfer-images":
      return await commands.transferImages(invocation.options, io);
    case "tunnel-ssh":
      return await commands.tunnelSsh(invocation.options, io);
    case "unlock":
      return await commands.unlock(invocation.options, io);
    case "print":
      io.stdout(invocation.stdout);
      io.stderr(invocation.stderr);
      return invocation.exitCode;
  }
}
