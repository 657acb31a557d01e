import { usageError } from "./usage_error.ts";

/** As much of a command's definition as it takes to tell options from operands. */
export interface CommandShape {
  name(): string;
  readonly commands: readonly CommandShape[];
  readonly options: readonly OptionShape[];
}

/** As much of an option's definition. */
export interface OptionShape {
  readonly short?: string;
  readonly long?: string;
  /** Whether a value follows. */
  readonly required: boolean;
}

/** A piece of a command line: an option that is known, or anything else as it is. */
type Word =
  | { kind: "flag"; name: string; on: boolean }
  | { kind: "option"; name: string; value: string }
  | { kind: "other"; text: string };

/**
 * Rewrites the forms that docker accepts and commander does not, so that what scripts pass to
 * `docker compose up` works here: `--build=false`, `-D=true`, `-f=compose.yaml`. Known options come
 * out as `--long` or `--long=value`.
 */
export function canonical(argv: readonly string[], program: CommandShape): string[] {
  const words = scan([...argv], program);
  const isOn = lastSettings(words);
  refuseContradictions(isOn);
  return words.flatMap((word) => {
    if (word.kind === "flag") return isOn.get(word.name) ? [word.name] : [];
    return word.kind === "option" ? [`${word.name}=${word.value}`] : [word.text];
  });
}

function scan(rest: string[], program: CommandShape): Word[] {
  const words: Word[] = [];
  let command = program;
  for (let text = rest.shift(); text !== undefined; text = rest.shift()) {
    if (text === "--") return [...words, ...[text, ...rest].map(other)];
    if (text.startsWith("--")) {
      words.push(long(text, rest, command));
    } else if (text.startsWith("-") && text.length > 1) {
      words.push(...shorts(text.slice(1), rest, command));
    } else {
      command = command.commands.find((candidate) => candidate.name() === text) ?? command;
      words.push(other(text));
    }
  }
  return words;
}

function long(text: string, rest: string[], command: CommandShape): Word {
  const [_, name, value] = text.match(/^([^=]*)(?:=(.*))?$/s)!;
  const option = command.options.find((option) => option.long === name);
  if (!option) return other(text);
  return option.required ? withValue(option, value, rest, text) : flag(name, value);
}

/** Reads `-DHx`, that is `-D -H x`: flags until there is one that takes the rest as its value. */
function shorts(letters: string, rest: string[], command: CommandShape): Word[] {
  if (letters === "") return [];
  const option = command.options.find((option) => option.short === `-${letters[0]}`);
  if (!option?.long) return [other(`-${letters}`)];
  const [_, isAssigned, value] = letters.slice(1).match(/^(=?)(.*)$/s)!;
  if (option.required) {
    return [withValue(option, isAssigned ? value : value || undefined, rest, `-${letters}`)];
  }
  if (isAssigned) return [flag(option.long, value)];
  return [flag(option.long), ...shorts(value, rest, command)];
}

/** Without any value left, commander gets the option as it was, and complains. */
function withValue(
  option: OptionShape,
  value: string | undefined,
  rest: string[],
  text: string,
): Word {
  const found = value ?? rest.shift();
  return found === undefined ? other(text) : { kind: "option", name: option.long!, value: found };
}

function flag(name: string, value = "true"): Word {
  if (/^(1|t|true)$/i.test(value)) return { kind: "flag", name, on: true };
  if (/^(0|f|false)$/i.test(value)) return { kind: "flag", name, on: false };
  throw usageError(`Cannot read ${name}=${value}: the value is neither true nor false`);
}

function other(text: string): Word {
  return { kind: "other", text };
}

/** As with docker, the last one counts. */
function lastSettings(words: Word[]): Map<string, boolean> {
  return new Map(words.flatMap((word) => word.kind === "flag" ? [[word.name, word.on]] : []));
}

function refuseContradictions(isOn: Map<string, boolean>): void {
  for (const [name, on] of isOn) {
    const opposite = name.replace(/^--/, "--no-");
    if (on && isOn.get(opposite)) {
      throw usageError(`Cannot combine ${name} with ${opposite}: they contradict each other`);
    }
  }
}
