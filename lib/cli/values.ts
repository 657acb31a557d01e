import { InvalidArgumentError } from "../deps/commander.ts";

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
