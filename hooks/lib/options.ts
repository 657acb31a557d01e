/** What modules check of their options before anything is touched. */

/** @throws if there is an option that a module does not know. */
export function checkNames(options: object, known: string[]): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown) throw new Error(`unknown option ${unknown}; known are ${known.join(", ")}`);
}

/** @throws if an option is there and is no text. */
export function checkTexts(options: object, names: string[]): void {
  for (const name of names) {
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw new Error(`option ${name} is no text`);
    }
  }
}

/** @throws if an option is there and is no whole number in a range. */
export function checkNumbers(options: object, ranges: Record<string, [number, number]>): void {
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      throw new Error(`option ${name} is no whole number from ${least} to ${most}`);
    }
  }
}

/** Options with numbers that variables of the Compose file gave as texts. */
export function withNumbers<Options extends object>(options: Options, names: string[]): Options {
  const isText = ([name, value]: [string, unknown]) =>
    names.includes(name) && typeof value === "string" && /^\d+$/.test(value);
  return Object.fromEntries(
    Object.entries(options).map((entry) => isText(entry) ? [entry[0], Number(entry[1])] : entry),
  ) as Options;
}

/** @throws if an option is there and is no list of words. */
export function checkCommand(options: object, name: string): void {
  const value = (options as Record<string, unknown>)[name];
  const isCommand = Array.isArray(value) && value.length > 0 &&
    value.every((word) => typeof word === "string");
  if (value !== undefined && !isCommand) throw new Error(`option ${name} is not a list of words`);
}

/** A day. */
export const longestMs = 86_400_000;
