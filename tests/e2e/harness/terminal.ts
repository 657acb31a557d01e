import { kerekCommand, type Project } from "./project.ts";
import { run } from "./run.ts";

/** How a program is shown. */
export interface TerminalOptions {
  columns: number;
  rows?: number;
  env?: Record<string, string>;
}

/** The longest that something may take to be shown; nothing here is about speed. */
const longestMs = 60_000;

/** Why there are no terminals to test with, if so. */
export const noTerminal: string | undefined = await run(["tmux", "-V"]).then(
  () => undefined,
  () => "no tmux on PATH; Debian's package tmux has it",
);

/** A real terminal, by tmux, in which kerek runs. */
export class Terminal {
  private readonly tmux = ["tmux", "-L", `kerek-${crypto.randomUUID().slice(0, 8)}`];

  private constructor() {}

  /** Runs kerek in a terminal of its own, with an exit code as the last line. */
  static async kerek(
    args: string[],
    project: Pick<Project, "name" | "folder">,
    { columns, rows = 24, env = {} }: TerminalOptions,
  ): Promise<Terminal> {
    const terminal = new Terminal();
    // The shell is not to end by Ctrl-C.
    const script = 'trap : INT; "$@"; echo "[exit $?]"; exec sleep 1000';
    const variables = { COMPOSE_PROJECT_NAME: project.name, ...env };
    await terminal.call([
      ...["-f", "/dev/null", "new-session", "-d", "-x", `${columns}`, "-y", `${rows}`],
      ...["-c", project.folder],
      ...Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      ...["sh", "-c", script, "sh", ...kerekCommand(), ...args],
    ]);
    return terminal;
  }

  /**
   * Lines that are on the screen and above it; with `isColored`, with their colours; with
   * `isVisible`, those on the screen alone.
   */
  async lines({ isColored = false, isVisible = false } = {}): Promise<string[]> {
    const text = await this.call([
      ...["capture-pane", "-p"],
      ...(isVisible ? [] : ["-S", "-"]),
      ...(isColored ? ["-e"] : []),
    ]);
    return text.trimEnd().split("\n");
  }

  /** Waits until the screen shows it; the result is all that it shows then. */
  async shows(pattern: RegExp): Promise<string> {
    const giveUpAt = Date.now() + longestMs;
    while (true) {
      const text = (await this.lines()).join("\n");
      if (pattern.test(text)) return text;
      if (Date.now() > giveUpAt) throw new Error(`the terminal never showed ${pattern}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Presses a key, such as `C-c`. */
  async press(key: string): Promise<void> {
    await this.call(["send-keys", key]);
  }

  async resize(columns: number): Promise<void> {
    await this.call(["resize-window", "-x", `${columns}`]);
  }

  async hasCursor(): Promise<boolean> {
    return (await this.call(["display-message", "-p", "#{cursor_flag}"])).trim() === "1";
  }

  async close(): Promise<void> {
    await run([...this.tmux, "kill-server"]);
  }

  private async call(args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run([...this.tmux, ...args]);
    if (code !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}
