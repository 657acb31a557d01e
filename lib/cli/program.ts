import type { CommanderError } from "../deps/commander.ts";
import { checkCommand } from "./check_command.ts";
import { completionsCommand } from "./completions_command.ts";
import { configCommand } from "./config_command.ts";
import { deployCommand } from "./deploy_command.ts";
import { doctorCommand } from "./doctor_command.ts";
import { exitCodesHelp, helpConfiguration } from "./help.ts";
import { helpCommand } from "./help_command.ts";
import { historyCommand } from "./history_command.ts";
import { hooksCommand } from "./hooks_command.ts";
import { manCommand } from "./man_command.ts";
import type { Parser } from "./invocation.ts";
import { projectCommand } from "./project.ts";
import { provisionCommand } from "./provision_command.ts";
import { rollbackCommand } from "./rollback_command.ts";
import { statusCommand } from "./status_command.ts";
import { transferImagesCommand } from "./transfer_images_command.ts";
import { tunnelSshCommand } from "./tunnel_ssh_command.ts";
import { unlockCommand } from "./unlock_command.ts";
import { usageError } from "./usage_error.ts";

/** Takes what commander writes, which is help and versions. */
export interface Output {
  writeOut(text: string): void;
  writeErr(text: string): void;
  /** Width to wrap help texts to. */
  width: number;
  /** Takes why commander stopped, and where (such as `kerek deploy`). Throws. */
  stop(error: CommanderError, where: string): never;
}

/** Defines `kerek` with all its commands. */
export function createProgram(parser: Parser, output: Output) {
  const program = emptyProgram(output);
  const commands = [
    checkCommand(parser),
    completionsCommand(parser),
    configCommand(parser),
    deployCommand(parser),
    doctorCommand(parser),
    historyCommand(parser),
    hooksCommand(parser),
    provisionCommand(parser),
    rollbackCommand(parser),
    statusCommand(parser),
    transferImagesCommand(parser),
    tunnelSshCommand(parser),
    unlockCommand(parser),
    manCommand(parser, program),
    helpCommand(program),
  ];
  for (const command of commands) {
    command.copyInheritedSettings(program);
    command.exitOverride((error) => output.stop(error, `${program.name()} ${command.name()}`));
    program.addCommand(command);
  }
  return program;
}

function emptyProgram(output: Output) {
  const program = projectCommand("kerek");
  return program
    .usage("[options] <command>")
    .description("Zero-downtime deployments for Docker Compose")
    .enablePositionalOptions()
    .configureHelp(helpConfiguration)
    .configureOutput({
      writeOut: output.writeOut,
      writeErr: output.writeErr,
      outputError: () => {},
      getOutHelpWidth: () => output.width,
      getErrHelpWidth: () => output.width,
    })
    .helpCommand(false)
    .addHelpText("after", `\n${exitCodesHelp}`)
    .exitOverride((error) => output.stop(error, program.name()))
    // Options ahead of a command are what the command's own start from.
    .hook("preSubcommand", (program, command) => {
      for (const [name, value] of Object.entries(program.opts())) {
        const isKnown = command.options.some((option) => option.attributeName() === name);
        const { long } = program.options.find((option) => option.attributeName() === name)!;
        if (!isKnown) {
          const help = `\`kerek ${command.name()} --help\` lists what there is`;
          throw usageError(`Cannot use ${long} with ${command.name()}`, help);
        }
        command.setOptionValue(name, value);
      }
    });
}
