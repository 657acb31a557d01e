import { globalCommand } from "./globals.ts";
import { usageError } from "./usage_error.ts";

/** As much of a command as it takes to show its help. */
interface Helpful {
  readonly commands: readonly Helpful[];
  name(): string;
  help(): never;
}

/** Defines `kerek help`. Commander's own takes an unknown command for none. */
export function helpCommand(program: Helpful) {
  return globalCommand("help")
    .summary("print the help of a command")
    .description("Prints the help of a command; without any, that of kerek")
    .argument("[command]", "command to print the help of")
    .action((name) => {
      if (name === undefined) return program.help();
      const command = program.commands.find((command) => command.name() === name);
      if (!command) throw unknown(name, program);
      command.help();
    });
}

function unknown(name: string, program: Helpful): Error {
  const known = program.commands.map((command) => command.name()).join(", ");
  return usageError(`Cannot print the help of ${name}: unknown command`, `there are ${known}`);
}
