import { Help } from "../deps/commander.ts";
import { ExitCode } from "../errors.ts";
import { globalHeading } from "./globals.ts";

const meanings: Record<keyof typeof ExitCode, string> = {
  done: "done, or there was nothing to do",
  unexpected: "a defect of kerek",
  usage: "the command line is wrong; nothing was touched",
  untouched: "failed before anything that runs was touched",
  restored: "failed; what was being replaced serves as before",
  notRestored: "failed, and not all could be put back: have a look",
  locked: "another deploy of the project is going on; nothing was touched",
  interrupted: "interrupted by Ctrl-C, SIGTERM or a hang-up",
};

/** The part of a help text that lists the exit codes. */
export const exitCodesHelp = [
  "Exit codes:",
  ...Object.entries(ExitCode).map(([name, code]) =>
    `  ${String(code).padEnd(3)}  ${meanings[name as keyof typeof ExitCode]}`
  ),
].join("\n");

const standard = new Help();

/** How help texts look: commands by name only, the global options last. */
export const helpConfiguration: Partial<Help> = {
  subcommandTerm: (command) => command.name(),
  groupItems: (all, visible, headingOf) => {
    const isGlobal = (item: typeof all[number]) => Number(headingOf(item) === globalHeading);
    const sorted = all.toSorted((a, b) => isGlobal(a) - isGlobal(b));
    return standard.groupItems(sorted, visible, headingOf);
  },
};

/** Text in which only empty lines end a paragraph, so that it can be wrapped to any width. */
export function prose(text: string): string {
  return text.replaceAll(/(?<!\n)\n(?!\n)/g, " ");
}
