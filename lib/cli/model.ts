import type { Command, Option } from "../deps/commander.ts";

/** A command as data: what completion, man pages and the reference are made of. */
export interface CommandModel {
  name: string;
  /** Such as `kerek deploy [options] [services...]`. */
  usage: string;
  /** In a few words. */
  summary: string;
  /** Paragraphs, with empty lines between them. */
  description: string;
  operands: OperandModel[];
  options: OptionModel[];
  /** What the help says in the end: examples, exit codes. */
  after: string;
  commands: CommandModel[];
}

/** An option as data. */
export interface OptionModel {
  /** Such as `-f, --file <file>`. */
  flags: string;
  short?: string;
  long?: string;
  /** What its value is called; absent if it takes none. */
  value?: string;
  description: string;
  choices: readonly string[];
  /** The default, where there is one to be told. */
  default?: string;
  /** The heading that it stands under. */
  group: string;
}

/** An operand as data. */
export interface OperandModel {
  name: string;
  description: string;
  choices: readonly string[];
  variadic: boolean;
}

/** A command of whatever operands and options. */
// deno-lint-ignore no-explicit-any -- The types of operands and options do not matter here.
export type CommandLike = Command<any, any, any>;

/** The data of a command and those under it. Options that help does not show are left out. */
export function modelOf(command: CommandLike): CommandModel {
  const help = command.createHelp();
  return {
    name: command.name(),
    usage: help.commandUsage(command),
    summary: command.summary() || help.commandDescription(command),
    description: help.commandDescription(command),
    operands: command.registeredArguments.map((operand) => ({
      name: operand.name(),
      description: operand.description,
      choices: operand.argChoices ?? [],
      variadic: operand.variadic,
    })),
    options: help.visibleOptions(command).map(optionModel),
    after: afterHelp(command),
    commands: command.commands.map(modelOf),
  };
}

function optionModel(option: Option): OptionModel {
  return {
    flags: option.flags,
    short: option.short,
    long: option.long,
    value: /<(.*)>/.exec(option.flags)?.[1],
    description: option.description,
    choices: option.argChoices ?? [],
    default: typeof option.defaultValue === "string" ? option.defaultValue : undefined,
    group: (option.helpGroupHeading ?? "Options:").replace(/:$/, ""),
  };
}

/** Commander keeps it for itself, but prints it behind all else. */
function afterHelp(command: CommandLike): string {
  let text = "";
  const own = command.configureOutput();
  command.configureOutput({ ...own, writeOut: (more: string) => text += more });
  command.outputHelp();
  command.configureOutput(own);
  return text.slice(command.helpInformation().length).trim();
}
