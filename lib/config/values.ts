import * as z from "../deps/zod.ts";
import { durationMs } from "../engine/duration.ts";
import { nearest } from "../nearest.ts";

/**
 * Schemas of what settings consist of. Their messages say what was found and what is allowed; the
 * place is known to whoever decodes.
 */

/** The message for a value that is something else than `what`. */
export function wrong(input: unknown, what: string): string {
  return input === undefined
    ? `it is missing; it must be ${what}`
    : `${JSON.stringify(input)} is not ${what}`;
}

/** Takes the place of zod's own message. */
export const must = (what: string) => ({
  error: (issue: { input?: unknown }) => wrong(issue.input, what),
});

/** A schema's object whose unknown keys are errors that name the nearest known one. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? unknownKeys(issue.keys, known)
        : wrong(issue.input, `a mapping; its keys can be ${known.join(", ")}`),
  });
}

function unknownKeys(keys: string[], known: string[]): string {
  const guesses = keys.flatMap((key) => nearest(key, known) ?? []);
  const advice = guesses.length === keys.length
    ? `did you mean ${guesses.join(", ")}?`
    : `known are ${known.join(", ")}`;
  return `unknown key ${keys.join(", ")}; ${advice}`;
}

/** One word of several. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const quoted = words.map((word) => JSON.stringify(word));
  const what = quoted.length === 1 ? quoted[0] : `one of ${quoted.join(", ")}`;
  return z.enum(words, {
    error: ({ input }) => {
      const guess = typeof input === "string" ? nearest(input, [...words]) : undefined;
      return wrong(input, what) + (guess ? `; did you mean ${guess}?` : "");
    },
  });
}

/** A whole number in a range. */
export function wholeNumber(least: number, most?: number, name = "a whole number") {
  const error = must(
    `${name}${most === undefined ? `, ${least} or more` : ` from ${least} to ${most}`}`,
  );
  const number = z.number(error).int(error).min(least, error);
  const own = most === undefined ? number : number.max(most, error);
  return z.preprocess(numberIfDigits, own);
}

/** Below an `x-*` key, Compose makes text of what a variable stands for. */
const numberIfDigits = (input: unknown): unknown =>
  typeof input === "string" && /^\d+$/.test(input) ? Number(input) : input;

/** Yes or no. */
export function flag() {
  return z.boolean(must("true or false"));
}

/** A share of a whole. */
export function ratio() {
  const error = must("a number from 0 to 1");
  return z.number(error).min(0, error).max(1, error);
}

/** What {@linkcode durationMs} reads, for editors. */
const durationPattern = "^(0|(\\d+(\\.\\d+)?(d|h|m|s|ms|us|µs|ns))+)$";

const durationError = must("a duration; write it like 500ms, 10s or 1m30s");

/** A duration of the Compose specification, decoded to milliseconds. */
export const duration = z.union(
  [z.string().meta({ pattern: durationPattern }), z.literal(0)],
  durationError,
).transform((value, context) => {
  const ms = durationMs(String(value));
  if (ms !== undefined) return ms;
  context.addIssue({ code: "custom", message: durationError.error({ input: value }) });
  return z.NEVER;
}).meta({ id: "duration" });

/** A command: words, or one line for a shell. */
export function command() {
  const error = must("a command, which is a list of words or one line for the container's shell");
  const word = must("a word of a command; put it in quotes");
  return z.union([z.string().min(1, error), z.array(z.string(word)).min(1, error)], error);
}

/** A port of a container. */
export const port = () => wholeNumber(1, 65_535, "a port number");

/** Some of `item`, one or more, where a single one needs no list. */
export function oneOrMore<Item extends z.core.SomeType>(item: Item, what: string) {
  const error = must(what);
  return z.union([item, z.array(item).min(1, error)], error);
}

/** A list, with the message for what is none. */
export function listOf<Item extends z.core.SomeType>(item: Item, what: string) {
  return z.array(item, must(what));
}

/** Text that begins with `/`. */
export function path() {
  const error = must("a path, which begins with /");
  return z.string(error).regex(/^[/]/, error);
}
