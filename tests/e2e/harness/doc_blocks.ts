/** Commands that a document shows. */
export interface Block {
  line: number;
  commands: string;
  /** Lines that they are shown to print. */
  printed: string[];
  /** Why they are not run. */
  reason?: string;
}

/**
 * The blocks of a document; `notRun` says of blocks of one that is made from the code, by their
 * beginning, why they are not run.
 */
export function blocksOf(
  text: string,
  notRun: [beginning: string, reason: string][] = [],
): Block[] {
  const blocks = text.matchAll(
    /(?:^<!-- not run: ([^>]*) -->\n+)?^```(sh|console)\n([^]*?)^```/gm,
  );
  return [...blocks].map(([whole, reason, kind, content]) => ({
    line: text.slice(0, text.indexOf(whole)).split("\n").length,
    commands: kind === "sh" ? content : content.match(/(?<=^\$ ).*\n/gm)?.join("") ?? "",
    printed: kind === "sh" ? [] : content.split("\n").filter((line) => !/^\$ |^ *…?$/.test(line)),
    reason: reason ?? notRun.find(([beginning]) => content.startsWith(beginning))?.[1],
  }));
}

/** The shell is to see to what a comment says is printed. */
export const checked = (commands: string): string =>
  commands.replaceAll(
    /^(.*\S) +# … prints "(.*)"$/gm,
    (_, command, printed) => `[ "$(${command})" = '${printed}' ]`,
  );
