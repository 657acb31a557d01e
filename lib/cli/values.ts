import { InvalidArgumentError } from "../deps/commander.ts";
import { usageError } from "./usage_error.ts";

/** Parser of whole numbers that are not less than `least`. */
export function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`it must be a whole number, ${least} or more`);
  };
}

/** Parser of an option that may be given repeatedly. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...previous ?? [], value];
}

/** Parser of values that make no sense when empty. */
export function nonEmpty(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("it must not be empty");
}

/** Checks a name of a program or its path; the engine's name ends up in many command lines. */
export function programName(text: string): string {
  if (/^[\w./+][\w./+-]*$/.test(text)) return text;
  throw new InvalidArgumentError("it must be a program's name, such as docker or podman");
}

/**
 * Checks an operand. Other programs, which get it later, would read a leading `-` as an option,
 * and emptiness is mostly a variable that is unset.
 */
export function operand(kind: string, text: string): string {
  if (text === "") {
    throw usageError(`Cannot use "" as ${kind}: it is empty`, "is a variable unset?");
  }
  if (text.startsWith("-")) {
    throw usageError(`Cannot use "${text}" as ${kind}: it starts with "-"`);
  }
  return text;
}

/** Checks the name of an image, or its id; engines say the rest. */
export function imageName(text: string): string {
  operand("image", text);
  if (/^[\w[][\w./:@[\]-]*$/.test(text) && text.length <= 512) return text;
  throw usageError(`Cannot use "${text}" as image: no image can have such a name`);
}

/** Checks a reference like `[ssh://][user@]hostname[:port]`. */
export function sshHost(text: string): string {
  operand("host", text);
  const user = /[\w.][\w.+-]*/u;
  const host = /[\p{L}\p{N}_.][\p{L}\p{N}_.-]*|\[[\da-fA-F:.]+\]/u;
  const reference = new RegExp(
    `^(ssh://)?(${user.source}@)?(${host.source})(:\\d{1,5})?$`,
    "u",
  );
  if (reference.test(text)) return text;
  throw usageError(
    `Cannot use "${text}" as host: it is not of the form [ssh://][user@]hostname[:port]`,
  );
}
