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

/** Parser of values that make no sense when empty. */
export function nonEmpty(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("it must not be empty");
}

/** Parser of addresses of web servers. */
export function httpUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError("it must be an address such as http://localhost:8080/");
  }
  const { username, password, href } = new URL(text);
  // It is shown, and written into reports.
  if (username || password) throw new InvalidArgumentError("it must not have a password in it");
  return href;
}
