import { cliTruncate } from "../deps/cli_truncate.ts";
import { stringWidth } from "../deps/string_width.ts";

/** How many columns of a terminal a line takes. */
export const width = (line: string): number => stringWidth(line);

/** A line cut to so many columns, with an ellipsis where something is left out. */
export function truncate(line: string, columns: number): string {
  return columns < 1 ? "" : cliTruncate(line, columns);
}

/** A name cut to so many columns at its beginning, as its end is what tells it from others. */
export function truncateStart(name: string, columns: number): string {
  return columns < 1 ? "" : cliTruncate(name, columns, { position: "start" });
}

/** Two parts of a line, the second one at its right end; if there is no room, the first is cut. */
export function justify(left: string, right: string, columns: number): string {
  const room = columns - width(right) - (right ? 1 : 0);
  if (room < 8) return truncate(left, columns);
  const cut = truncate(left, room);
  return right ? cut + " ".repeat(columns - width(cut) - width(right)) + right : cut;
}

/** A text in lines of so many columns, broken between words; one that is longer stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const joined = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && width(joined) <= columns) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}
