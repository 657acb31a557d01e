import assert from "node:assert/strict";
import { xterm } from "../../deps/xterm_headless.ts";
import { emptyScreen, paint, type Picture } from "./screen.ts";

/** A terminal that pictures are painted on, one after the other. */
class Painted {
  private screen = emptyScreen;
  readonly terminal;
  /** What the last picture wrote. */
  text = "";

  constructor(private columns = 40, rows = 12) {
    const options = { cols: columns, rows, convertEol: true, allowProposedApi: true };
    this.terminal = new xterm.Terminal(options);
  }

  async show(lines: string[], log: string[] = [], before = ""): Promise<string[]> {
    const picture: Picture = { lines, log, columns: this.columns };
    const { screen, text } = paint(this.screen, picture);
    this.screen = screen;
    this.text = text;
    await new Promise<void>((resolve) => this.terminal.write(before + text, resolve));
    return this.lines();
  }

  resize(columns: number): void {
    this.columns = columns;
    this.terminal.resize(columns, 12);
  }

  lines(): string[] {
    const { active } = this.terminal.buffer;
    const all = Array.from(
      { length: active.length },
      (_, i) => active.getLine(i)!.translateToString(true),
    );
    return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
  }
}

Deno.test("a picture takes the place of the one before it, longer or shorter", async () => {
  const painted = new Painted();
  for (const lines of [["a", "b"], ["a", "c", "d"], ["x"], [], ["y", "z"]]) {
    assert.deepEqual(await painted.show(lines), lines);
  }
});

Deno.test("only lines that differ are written, and all at once", async () => {
  const painted = new Painted();
  await painted.show(["head 1", "same", "tail"]);
  assert.deepEqual(await painted.show(["head 2", "same", "tail"]), ["head 2", "same", "tail"]);
  assert.ok(painted.text.startsWith("\x1b[?2026h") && painted.text.endsWith("\x1b[?2026l"));
  assert.doesNotMatch(painted.text, /same|tail/);
  await painted.show(["head 2", "same", "tail"]);
  assert.equal(painted.text, "");
});

Deno.test("a line that gets shorter leaves nothing of what was there", async () => {
  const painted = new Painted();
  await painted.show(["a long line"]);
  assert.deepEqual(await painted.show(["short"]), ["short"]);
});

Deno.test("lines that stay go above, in their order, however long they are", async () => {
  const painted = new Painted(10);
  const long = "0123456789abcdef";
  await painted.show(["frame 1"], ["first"]);
  await painted.show(["frame 2"], ["first", long]);
  const lines = await painted.show(["frame 3"], ["first", long, "last"]);
  assert.deepEqual(lines, ["first", "0123456789", "abcdef", "last", "frame 3"]);
});

Deno.test("what the terminal echoes of Ctrl-C goes at the next picture", async () => {
  const painted = new Painted();
  await painted.show(["a", "b"]);
  assert.deepEqual(await painted.show(["a", "c"], [], "^C"), ["a", "c"]);
});

Deno.test("a picture fills the whole terminal without losing its place", async () => {
  const painted = new Painted(20, 5);
  for (const n of [1, 2, 3]) {
    const lines = [`a${n}`, "b", "c", `d${n}`];
    assert.deepEqual(await painted.show(lines), lines);
  }
});

Deno.test("after a resize, nothing is left of the picture before it", async () => {
  const lines = ["one ".repeat(9).trim(), "two"];
  for (const columns of [20, 60]) {
    const painted = new Painted(40);
    await painted.show(lines, ["stays"]);
    painted.resize(columns);
    assert.deepEqual(await painted.show(["new"], ["stays"]), ["stays", "new"], `${columns}`);
  }
});
