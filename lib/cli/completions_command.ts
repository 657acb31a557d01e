import { scripts, shells } from "../completion/scripts.ts";
import { Argument } from "../deps/commander.ts";
import { ExitCode } from "../errors.ts";
import { globalCommand } from "./globals.ts";
import { prose } from "./help.ts";
import type { Parser } from "./invocation.ts";

/** Defines `kerek completions`. */
export function completionsCommand(parser: Parser) {
  return globalCommand("completions")
    .summary("print what makes a shell complete command lines of kerek")
    .description(description)
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .addHelpText("after", examples)
    .action((shell) => {
      parser.accept({
        command: "print",
        stdout: scripts[shell],
        stderr: "",
        exitCode: ExitCode.done,
      });
    });
}

const description = prose(`Prints what makes a shell complete command lines of kerek

Commands, options and their values are completed, and so are services, profiles, projects, images
and contexts, for which Compose and the engine are asked. As a plugin, docker's own completion does
the same for docker deploy.`);

const examples = `
Examples, in folders that may have to be made:
  kerek completions bash > ~/.local/share/bash-completion/completions/kerek
  kerek completions zsh > ~/.zfunc/_kerek   # with fpath+=~/.zfunc before compinit
  kerek completions fish > ~/.config/fish/completions/kerek.fish`;
