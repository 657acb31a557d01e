import { stripVTControlCharacters } from "node:util";

/**
 * A line of text that others wrote, such as a container, without what would steer the terminal:
 * colours, movements of the cursor, and reversals of the direction of writing.
 */
export function printable(line: string): string {
  return stripVTControlCharacters(line)
    .replaceAll("\t", "    ")
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
}
