import { printable } from "../printable.ts";

/** A line that stands for itself in HTML, between tags and in quoted attributes. */
export function escape(line: string): string {
  return printable(line).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A value as JSON that can stand in a script element. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll("<", "\\u003c");
