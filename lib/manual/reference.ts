import type { CommandModel, OptionModel } from "../cli/model.ts";
import { explained, groupsOf, sectionsOf } from "./man.ts";

/** The reference of all commands and options, in Markdown. */
export function referenceText(program: CommandModel): string {
  const shared = sharedGroups(program);
  return [
    "# Reference of commands and options",
    "",
    "Made from the commands themselves: `kerek COMMAND --help` and `kerek man COMMAND` say the same.",
    "",
    "| command | what it does |",
    "| --- | --- |",
    ...program.commands.map(({ name, summary }) =>
      `| [\`${name}\`](#kerek-${name}) | ${cell(summary)} |`
    ),
    "",
    ...[...shared].flatMap(([group, options]) => [
      `## ${group.replace(/ \(.*/, "")}`,
      "",
      ...intro(group),
      ...table(options),
    ]),
    ...program.commands.flatMap((command) => commandText(command, shared)),
    ...sectionsOf(program.after).flatMap(exitCodes),
  ].join("\n");
}

/** Groups of options that stand at several commands, with the options as they first come. */
function sharedGroups({ commands }: CommandModel): Map<string, OptionModel[]> {
  const groups = commands.flatMap(({ options }) => groupsOf(options));
  const shared = groups.filter(([group]) => /^(Global|Project) options/.test(group));
  return new Map(shared.toReversed().toSorted(([a], [b]) => a < b ? -1 : 1));
}

function intro(group: string): string[] {
  return group.startsWith("Global") ? ["Of every command, ahead of its name or behind it.", ""] : [
    "Those of `docker compose`, of a command about a project, ahead of its name or behind it.",
    "",
  ];
}

function commandText(command: CommandModel, shared: Map<string, OptionModel[]>): string[] {
  const own = command.options.filter((option) =>
    !shared.get(option.group)?.some(({ flags }) => flags === option.flags)
  );
  const has = [...shared.keys()].filter((group) => command.options.some((x) => x.group === group));
  return [
    `## \`kerek ${command.name}\``,
    "",
    "```",
    command.usage,
    "```",
    "",
    command.description,
    "",
    ...list(command),
    ...own.length > 0 ? table(own) : [],
    ...has.some((group) => group.startsWith("Project"))
      ? ["It takes the project options, too.", ""]
      : [],
    ...sectionsOf(command.after).filter(({ heading }) => heading.startsWith("Example"))
      .flatMap(({ lines }) => ["```sh", ...lines, "```", ""]),
  ];
}

function list({ operands }: CommandModel): string[] {
  if (operands.length === 0) return [];
  const lines = operands.map(({ name, description, choices }) =>
    `- \`${name}\`: ${description}` + (choices.length > 0 ? ` (${choices.join(", ")})` : "")
  );
  return [...lines, ""];
}

function table(options: OptionModel[]): string[] {
  return [
    "| option | what it does |",
    "| --- | --- |",
    ...options.map((option) => `| \`${option.flags}\` | ${cell(explained(option))} |`),
    "",
  ];
}

function exitCodes({ heading, lines }: { heading: string; lines: string[] }): string[] {
  const rows = lines.map((line) => /^(\d+) +(.*)$/.exec(line)!.slice(1));
  return [
    `## ${heading}`,
    "",
    "| code | meaning |",
    "| --- | --- |",
    ...rows.map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`),
    "",
  ];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
