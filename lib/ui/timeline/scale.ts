/** Moments on an axis, in milliseconds since its beginning. */
export interface Tick {
  atMs: number;
  text: string;
}

/** Round moments on an axis of this length, not more than `most`, from 0 on. */
export function ticks(lengthMs: number, most: number): Tick[] {
  const stepMs = roundSteps.find((step) => lengthMs / step < most) ?? roundSteps.at(-1)!;
  const count = Math.min(Math.floor(lengthMs / stepMs), Math.max(0, Math.floor(most)));
  return Array.from({ length: count + 1 }, (_, i) => {
    const atMs = i * stepMs;
    return { atMs, text: timeText(atMs) };
  });
}

/** 10 ms to 10 h; up to a minute, 1, 2 and 5, and what clocks have from there. */
const roundSteps = [
  ...[10, 100, 1000, 10_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]).filter((x) =>
    x < 30_000
  ),
  ...[0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600].map((minutes) => minutes * 60_000),
];

/** A time span, such as `1.5 s` or `2:05 min`. */
export function timeText(ms: number): string {
  if (ms >= 60_000) {
    const seconds = Math.round(ms / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
  }
  return `${Number((ms / 1000).toFixed(2))} s`;
}
