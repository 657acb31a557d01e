/** How text is made to stand out. */
export interface Palette {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
}

const same = (text: string): string => text;

/** Without colours. */
export const plainPalette: Palette = {
  bold: same,
  dim: same,
  green: same,
  red: same,
  yellow: same,
};

const between = (on: number, off: number) => (text: string): string =>
  text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;

/** With the terminal's own colours. */
export const ansiPalette: Palette = {
  bold: between(1, 22),
  dim: between(2, 22),
  green: between(32, 39),
  red: between(31, 39),
  yellow: between(33, 39),
};
