import type { Io } from "../cli/io.ts";
import type { Clock } from "../execute/ports.ts";
import type { DisplayOptions } from "../options.ts";
import type { LivePicture, Logged } from "../ui/live/picture.ts";
import { emptyScreen, paint, type Screen } from "../ui/live/screen.ts";
import { ansiPalette, type Palette, plainPalette } from "../ui/palette.ts";
import { printable } from "../ui/printable.ts";
import { isColored } from "../ui/progress.ts";
import type { Display } from "./display.ts";

/** How often the picture is drawn anew, in milliseconds. */
const everyMs = 100;

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";

/** A live view on standard error: all that is not in `lib/ui/live` is here. */
export class LiveDisplay<View extends Logged, Event> implements Display<Event> {
  private view: View;
  private screen: Screen = emptyScreen;
  private readonly palette: Palette;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    options: Pick<DisplayOptions, "ansi">,
    private readonly io: Io,
    private readonly clock: Pick<Clock, "now">,
    private readonly picture: LivePicture<View, Event>,
  ) {
    const around = { isTerminal: io.isTerminal.stderr, env: io.env };
    this.palette = isColored(options, around) ? ansiPalette : plainPalette;
    this.view = picture.begin(clock.now());
    io.stderr(hideCursor);
    this.draw();
    this.timer = setInterval(() => this.draw(), everyMs);
  }

  readonly emit = (event: Event): void => {
    const { isInterrupted } = this.view;
    this.view = this.picture.fold(this.view, event);
    // From now on, another Ctrl-C ends the process at once.
    if (this.view.isInterrupted && !isInterrupted) this.io.stderr(showCursor);
  };

  readonly warn = (text: string): void => {
    this.view = { ...this.view, log: [...this.view.log, printable(`Warning: ${text}`)] };
  };

  close(): void {
    clearInterval(this.timer);
    if (this.picture.isOver(this.view)) this.draw();
    else this.show([]);
    this.io.stderr(showCursor);
  }

  private draw(): void {
    const { view, palette } = this;
    const columns = this.io.columns() ?? 80;
    // The cursor is on a line of its own.
    const rows = (this.io.rows() ?? 24) - 1;
    this.show(this.picture.render(view, { columns, rows, now: this.clock.now(), palette }));
  }

  private show(lines: string[]): void {
    const { log } = this.view;
    const columns = this.io.columns() ?? 80;
    const { screen, text } = paint(this.screen, { log, lines, columns });
    this.screen = screen;
    if (text) this.io.stderr(text);
  }
}
