import type { CommandModel, OperandModel, OptionModel } from "../cli/model.ts";

/** What a manual page is made of, besides its command. */
export interface Manual {
  version: string;
  /** All of kerek. */
  program: CommandModel;
}

/** The manual page of a command, for man(1) to format. */
export function manPage(command: CommandModel, { program, version }: Manual): string {
  const name = pageName(command, program);
  const others = [program, ...program.commands].filter((other) => other !== command);
  return [
    `.TH ${name.toUpperCase()} 1 "" "kerek ${version}" "kerek"`,
    ".SH NAME",
    `${text(name)} \\- ${text(command.summary)}`,
    ".SH SYNOPSIS",
    `.B ${text(command.usage)}`,
    ".SH DESCRIPTION",
    ...paragraphs(command.description),
    ...commands(command),
    ...operands(command.operands.filter(({ description }) => description !== "")),
    ".SH OPTIONS",
    ...groupsOf(command.options).flatMap(([group, options]) => [
      `.SS ${text(group)}`,
      ...options.flatMap((option) => item(flags(option), explained(option))),
    ]),
    ...sectionsOf(command.after).flatMap(section),
    ".SH SEE ALSO",
    ...others.map((other, i) =>
      `.BR ${text(pageName(other, program))} (1)${i < others.length - 1 ? "," : ""}`
    ),
    "",
  ].join("\n");
}

/** The name of a command's page, such as `kerek-deploy`. */
export function pageName(command: CommandModel, program: CommandModel): string {
  return command === program ? program.name : `${program.name}-${command.name}`;
}

/** Options by the headings that they stand under, as they come; the global ones last. */
export function groupsOf(options: OptionModel[]): [group: string, options: OptionModel[]][] {
  const isGlobal = ([group]: [string, unknown]) => Number(group.startsWith("Global"));
  return [...Map.groupBy(options, ({ group }) => group)]
    .toSorted((a, b) => isGlobal(a) - isGlobal(b));
}

/** Parts of what a help says in the end, such as `Examples:`. */
export function sectionsOf(after: string): { heading: string; lines: string[] }[] {
  return after.split(/\n(?=\w[\w ]*:\n)/).filter((part) => part !== "").map((part) => {
    const [heading, ...lines] = part.trim().split("\n");
    return { heading: heading.replace(/:$/, ""), lines: lines.map((line) => line.trim()) };
  });
}

/** What an option does, with the values that it takes. */
export function explained({ description, choices, default: standard }: OptionModel): string {
  const more = [
    ...choices.length > 0 ? [choices.join(", ")] : [],
    ...standard === undefined ? [] : [`default: ${standard}`],
  ];
  return more.length === 0 ? description : `${description} (${more.join("; ")})`;
}

function commands({ commands }: CommandModel): string[] {
  if (commands.length === 0) return [];
  return [
    ".SH COMMANDS",
    ...commands.flatMap(({ name, summary }) => item(`\\fB${text(name)}\\fR`, summary)),
  ];
}

function operands(operands: OperandModel[]): string[] {
  if (operands.length === 0) return [];
  return [
    ".SH OPERANDS",
    ...operands.flatMap(({ name, description, choices }) =>
      item(
        `\\fI${text(name)}\\fR`,
        choices.length > 0 ? `${description} (${choices.join(", ")})` : description,
      )
    ),
  ];
}

const flags = ({ short, long, value }: OptionModel): string =>
  [short, long].flatMap((name) => name ? [`\\fB${text(name)}\\fR`] : []).join(", ") +
  (value ? ` \\fI${text(value)}\\fR` : "");

function section({ heading, lines }: { heading: string; lines: string[] }): string[] {
  const title = heading === "Exit codes" ? "EXIT STATUS" : heading.toUpperCase();
  return [`.SH ${text(title)}`, ".nf", ...lines.map(text), ".fi"];
}

const item = (term: string, description: string): string[] => [".TP", term, text(description)];

const paragraphs = (prose: string): string[] =>
  prose.split(/\n\n+/).flatMap((paragraph, i) => [...i > 0 ? [".PP"] : [], text(paragraph)]);

/** Text in which nothing is a command of roff. */
function text(plain: string): string {
  return plain.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll(/^(?=[.'])/gm, "\\&");
}
