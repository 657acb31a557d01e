/** A word as a line to copy into a shell has it; what runs is never made of such lines. */
export const quoted = (word: string): string =>
  /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
