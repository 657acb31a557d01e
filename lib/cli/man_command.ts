import { ExitCode } from "../errors.ts";
import { manPage } from "../manual/man.ts";
import { version } from "../version.ts";
import { globalCommand } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";
import { type CommandLike, modelOf } from "./model.ts";
import { usageError } from "./usage_error.ts";

/** Defines `kerek man`. */
export function manCommand(parser: Parser, program: CommandLike) {
  return globalCommand("man")
    .summary("print a manual page, for man to show")
    .description(description)
    .argument("[command]", "command to print the page of; without any, that of kerek")
    .addHelpText("after", examples)
    .action((name) => {
      const all = modelOf(program);
      const command = name === undefined ? all : all.commands.find((x) => x.name === name);
      if (!command) {
        const known = all.commands.map(({ name }) => name).join(", ");
        throw usageError(
          `Cannot print the manual of ${name}: unknown command`,
          `there are ${known}`,
        );
      }
      parser.accept({
        command: "print",
        stdout: manPage(command, { program: all, version }),
        stderr: "",
        exitCode: ExitCode.done,
      });
    });
}

const description = prose(`Prints a manual page in the format of man

A page says what --help does. The installer's --extras puts all pages where man finds them.`);

const examples = `
Examples:
  kerek man deploy | man -l -
  kerek man > ~/.local/share/man/man1/kerek.1
  kerek man deploy > ~/.local/share/man/man1/kerek-deploy.1`;
