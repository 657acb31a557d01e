import type { CommandModel, OptionModel } from "../cli/model.ts";

/** What programs have to be asked for. */
export type Source = "contexts" | "entries" | "images" | "profiles" | "projects" | "services";

/** What may stand at the end of a command line. */
export interface Completion {
  candidates: Candidate[];
  /** More candidates, which programs know. */
  source?: Source;
  /** Whether files or folders fit as well. */
  paths: "none" | "files" | "folders";
  /** The part of the last word that candidates start with. */
  prefix: string;
  /** What stands there already, and fits once only. */
  taken: string[];
  /** The words that are complete, so far as they can be parsed. */
  before: string[];
}

/** A word that fits, and what it means. */
export interface Candidate {
  value: string;
  description: string;
}

/** Finds what may stand in place of the last of `words`, which may be empty. */
export function complete(words: readonly string[], program: CommandModel): Completion {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? "";
  const place = walk(before, program);
  if (place.pending) return valuesOf(place.pending, last, before.slice(0, -1));
  if (place.onlyOperands || !last.startsWith("-")) return operandsOf(place, last, before, program);
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(last) ?? [];
  const option = place.command.options.find(({ long }) => long === name);
  if (name !== undefined) {
    return option?.value ? valuesOf(option, value, before) : found([], { before, prefix: last });
  }
  return found(place.command.options.flatMap((option) => namesOf(option, place.given, last)), {
    before,
    prefix: last,
  });
}

/** Where a command line has got to. */
interface Place {
  command: CommandModel;
  /** Options that stand there already. */
  given: Set<OptionModel>;
  operands: string[];
  /** The option whose value is missing. */
  pending?: OptionModel;
  /** Whether there was a `--`. */
  onlyOperands: boolean;
}

function walk(words: readonly string[], program: CommandModel): Place {
  const place: Place = { command: program, given: new Set(), operands: [], onlyOperands: false };
  for (const word of words) step(place, word, program);
  return place;
}

function step(place: Place, word: string, program: CommandModel): void {
  if (place.pending) place.pending = undefined;
  else if (place.onlyOperands) place.operands.push(word);
  else if (word === "--") place.onlyOperands = true;
  else if (word.startsWith("-") && word.length > 1) {
    const option = optionOf(word, place.command);
    if (!option) return;
    place.given.add(option);
    if (option.value && !word.includes("=") && endsWithOption(word, option)) {
      place.pending = option;
    }
  } else {
    const command = place.command === program &&
      program.commands.find((command) => command.name === word);
    if (command) place.command = command;
    else place.operands.push(word);
  }
}

/** The option of a word such as `--file`, `--file=x`, `-fx`, `-Df`: of flags together, the last. */
function optionOf(word: string, { options }: CommandModel): OptionModel | undefined {
  if (word.startsWith("--")) return options.find(({ long }) => long === word.replace(/=.*/s, ""));
  const byLetter = (letter: string) => options.find(({ short }) => short === `-${letter}`);
  const letters = [...word.slice(1)];
  return byLetter(letters.find((letter) => byLetter(letter)?.value) ?? letters.at(-1)!);
}

const endsWithOption = (word: string, { short }: OptionModel): boolean =>
  word.startsWith("--") || short !== undefined && word.endsWith(short.slice(1));

function namesOf(option: OptionModel, given: Set<OptionModel>, prefix: string): Candidate[] {
  if (given.has(option) && !option.description.includes("repeatable")) return [];
  // A short name says little, and is typed faster than completed.
  const names = prefix === "-" ? [option.long] : [option.long, option.short];
  return names.flatMap((name) => name ? [{ value: name, description: option.description }] : []);
}

const optionSources: Record<string, Source> = {
  "--context": "contexts",
  "--profile": "profiles",
  "--project-name": "projects",
  "--to": "entries",
};

/** By the name of an operand or of an option's value. */
const pathKinds: Record<string, Completion["paths"]> = {
  config: "folders",
  file: "files",
  directory: "folders",
  path: "files",
};

function valuesOf(option: OptionModel, prefix: string, before: string[]): Completion {
  const paths = option.long === "--project-directory" ? "folders" : pathKinds[option.value!];
  return found(option.choices.map((value) => ({ value, description: "" })), {
    before,
    prefix,
    paths: paths ?? "none",
    source: optionSources[option.long ?? ""],
  });
}

const argumentSources: Record<string, Source> = { images: "images", services: "services" };

function operandsOf(
  { command, operands }: Place,
  prefix: string,
  before: string[],
  program: CommandModel,
): Completion {
  if (command === program) {
    return found(operands.length > 0 ? [] : commandsOf(program), { before, prefix });
  }
  const own = command.operands;
  const operand = own[operands.length] ?? (own.at(-1)?.variadic ? own.at(-1) : undefined);
  const name = operand?.name ?? "";
  const choices = name === "command" ? commandsOf(program) : (operand?.choices ?? [])
    .map((value) => ({ value, description: "" }));
  return found(choices, {
    before,
    prefix,
    taken: operands,
    source: argumentSources[name],
    paths: pathKinds[name] ?? "none",
  });
}

const commandsOf = ({ commands }: CommandModel): Candidate[] =>
  commands.map((command) => ({ value: command.name, description: command.summary }));

function found(
  candidates: Candidate[],
  others: Pick<Completion, "before" | "prefix"> & Partial<Completion>,
): Completion {
  const completion: Completion = { candidates, paths: "none", taken: [], ...others };
  return { ...completion, candidates: fitting(candidates, completion) };
}

/** Those of `candidates` that can end the command line. */
export function fitting(
  candidates: Candidate[],
  { prefix, taken }: Pick<Completion, "prefix" | "taken">,
): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(prefix) && !taken.includes(value));
}
