import { width } from "../width.ts";

/** What stands on the terminal. The cursor is at the beginning of the line below it. */
export interface Screen {
  lines: string[];
  columns: number;
  /** How many lines of the log are above it. */
  logged: number;
}

/** Before anything is on it. */
export const emptyScreen: Screen = { lines: [], columns: 0, logged: 0 };

/** What is to stand there: lines that stay, then those that may change. */
export interface Picture {
  log: readonly string[];
  lines: string[];
  columns: number;
}

/**
 * What to write to the terminal so that it shows a picture. Only lines that differ are written, and
 * terminals that know synchronized output (DEC mode 2026) show all of it at once.
 */
export function paint(screen: Screen, { log, lines, columns }: Picture): {
  screen: Screen;
  text: string;
} {
  const news = log.slice(screen.logged);
  const isSame = columns === screen.columns || screen.lines.length === 0;
  const text = isSame && news.length === 0 && lines.length > 0
    ? differences(screen.lines, lines)
    : erased(screen, columns) + [...news, ...lines].map((line) => `${line}\n`).join("");
  return {
    screen: { lines, columns, logged: log.length },
    text: text === "" ? "" : `\x1b[?2026h${text}\x1b[?2026l`,
  };
}

function differences(before: string[], after: string[]): string {
  if (before.length === after.length && before.every((line, i) => line === after[i])) return "";
  let text = up(before.length);
  after.forEach((line, i) => {
    // At the end of what was there, only a line feed makes room.
    if (line === before[i]) text += "\x1b[1B";
    else text += `${line}\x1b[K\n`;
  });
  // Also what the terminal itself may have written, such as ^C.
  return `${text}\r\x1b[J`;
}

/**
 * A terminal that has become narrower has wrapped the lines that were on it. They are erased one by
 * one, as tmux would keep all of them in its history if the whole screen was.
 */
function erased({ lines, columns: before }: Screen, columns: number): string {
  const counts = lines.map((line) =>
    columns < before ? Math.max(1, Math.ceil(width(line) / columns)) : 1
  );
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return up(rows) + "\x1b[2K\n".repeat(rows) + "\x1b[2K" + up(rows);
}

const up = (rows: number): string => rows > 0 ? `\r\x1b[${rows}A` : "\r";
