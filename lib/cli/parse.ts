import type { CommanderError } from "../deps/commander.ts";
import { ExitCode, type KerekError } from "../errors.ts";
import { complete } from "../completion/complete.ts";
import { canonical } from "./canonical.ts";
import { composeHabit } from "./compose_habits.ts";
import type { Invocation } from "./invocation.ts";
import type { Io } from "./io.ts";
import { modelOf } from "./model.ts";
import { callOf } from "./plugin.ts";
import { createProgram } from "./program.ts";
import { usageError } from "./usage_error.ts";
import { versionJson } from "./version_json.ts";

/** Finds out what a command line asks for. */
export function parse(argv: readonly string[], io: Pick<Io, "columns" | "env">): Invocation {
  const env = (name: string) => io.env(name);
  const invocations: Invocation[] = [];
  const printed = { stdout: "", stderr: "" };
  const program = createProgram({
    env,
    accept: (invocation) => invocations.push(invocation),
  }, {
    writeOut: (text) => printed.stdout += text,
    writeErr: (text) => printed.stderr += text,
    width: Math.min(io.columns() ?? 80, 100),
    stop: (error, where) => {
      if (isPrinted(error)) {
        throw new Printed(error.exitCode === 0 ? ExitCode.done : ExitCode.usage);
      }
      throw asUsageError(error, where);
    },
  });
  const question = /^__complete(NoDesc)?$/.exec(argv[0] ?? "");
  if (question) {
    const completion = complete(callOf(argv.slice(1), env).tokens, modelOf(program));
    return { command: "complete", question: { completion, described: !question[1] } };
  }
  try {
    const { name, tokens } = callOf(canonical(argv, program), env);
    if (tokens.includes("--version") && tokens.includes("--json")) {
      return { command: "print", stdout: versionJson(), stderr: "", exitCode: ExitCode.done };
    }
    program.name(name).parse(tokens, { from: "user" });
  } catch (error) {
    if (!(error instanceof Printed)) throw error;
    return { command: "print", ...printed, exitCode: error.exitCode };
  }
  return invocations[0];
}

/** Ends parsing because help or a version, which was asked for or not, is all there is to show. */
class Printed extends Error {
  constructor(readonly exitCode: ExitCode) {
    super();
  }
}

function isPrinted(error: CommanderError): boolean {
  return ["commander.help", "commander.helpDisplayed", "commander.version"].includes(error.code);
}

function asUsageError(error: CommanderError, where: string): KerekError {
  const [, reason, nearest] = error.message
    .replace(" is invalid. Allowed", " is invalid: allowed")
    .replace(" is invalid. ", " is invalid: ")
    .match(/^(?:error: )?(.*?)\.?(?:\n\(Did you mean (.*)\?\))?$/s)!;
  const help = `\`${where} --help\` lists what there is`;
  return usageError(
    `Cannot read the command line: ${reason}`,
    nearest ? `did you mean ${nearest}? ${help}` : composeHabit(reason) ?? help,
  );
}
