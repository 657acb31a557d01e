/** How much, in the units that Docker's clients print. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3).replace(/\.0+$/, "")} ${units[unit]}`;
}

/** How much and how fast. */
export const rateText = (bytes: number, ms: number): string =>
  `${sizeText(bytes)} in ${(ms / 1000).toFixed(1)} s` +
  (ms > 0 ? `, ${sizeText(Math.round(bytes / ms * 1000))}/s` : "");
