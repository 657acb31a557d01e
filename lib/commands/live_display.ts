import type { Io } from "../cli/io.ts";
import type { DeployEvent } from "../execute/events.ts";
import type { Clock } from "../execute/ports.ts";
import type { ComposeOptions } from "../options.ts";
import { render } from "../ui/live/render.ts";
import { emptyScreen, paint, type Screen } from "../ui/live/screen.ts";
import { emptyView, fold, type View } from "../ui/live/view.ts";
import { ansiPalette, type Palette, plainPalette } from "../ui/palette.ts";
import { printable } from "../ui/printable.ts";
import { isColored } from "../ui/progress.ts";
import type { Display } from "./display.ts";

/** How often the picture is drawn anew, in milliseconds. */
const everyMs = 100;

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";

/** The live view of a deploy, on standard error: all that is not in `lib/ui/live` is here. */
export class LiveDisplay implements Display {
  private view: View;
  private screen: Screen = emptyScreen;
  private readonly palette: Palette;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    options: Pick<ComposeOptions, "ansi">,
    private readonly io: Io,
    private readonly clock: Pick<Clock, "now">,
  ) {
    const around = { isTerminal: io.isTerminal.stderr, env: io.env };
    this.palette = isColored(options, around) ? ansiPalette : plainPalette;
    this.view = emptyView(clock.now());
    io.stderr(hideCursor);
    this.draw();
    this.timer = setInterval(() => this.draw(), everyMs);
  }

  emit(event: DeployEvent): void {
    this.view = fold(this.view, event);
    // From now on, another Ctrl-C ends the process at once.
    if (event.type === "interrupted") this.io.stderr(showCursor);
  }

  warn(text: string): void {
    this.view = { ...this.view, log: [...this.view.log, printable(`Warning: ${text}`)] };
  }

  close(): void {
    clearInterval(this.timer);
    // What could not begin leaves nothing but the error that is told next.
    if (this.view.end) this.draw();
    else this.show([]);
    this.io.stderr(showCursor);
  }

  private draw(): void {
    const { view, palette } = this;
    const columns = this.io.columns() ?? 80;
    // The cursor is on a line of its own.
    const rows = (this.io.rows() ?? 24) - 1;
    this.show(render(view, { columns, rows, now: this.clock.now(), palette }));
  }

  private show(lines: string[]): void {
    const { log } = this.view;
    const columns = this.io.columns() ?? 80;
    const { screen, text } = paint(this.screen, { log, lines, columns });
    this.screen = screen;
    if (text) this.io.stderr(text);
  }
}
