import type { Palette } from "../palette.ts";

/** What is known of something that is shown live. */
export interface Logged {
  /** Lines that stay, for above all else; only added to. */
  log: string[];
  /** Whether the user has asked it to stop. */
  isInterrupted: boolean;
}

/** Where and when a view is shown. */
export interface Frame {
  columns: number;
  /** Most lines; absent: any number. */
  rows?: number;
  /** The clock's time, in milliseconds. */
  now: number;
  palette?: Palette;
}

/** What a live view shows: a fold over events, and how that looks. */
export interface LivePicture<View extends Logged, Event> {
  /** What is known in the beginning. */
  begin(now: number): View;
  /** What is known after an event. */
  fold(view: View, event: Event): View;
  /** Lines, none longer than the terminal is wide. */
  render(view: View, frame: Frame): string[];
  /** Whether the last lines are to stay. */
  isOver(view: View): boolean;
}
