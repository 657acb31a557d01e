import type { Patience } from "../execute/ports.ts";
import type { ProbeResult } from "../plan/gates.ts";
import { execIn } from "./argv.ts";
import type { Programs } from "./programs.ts";

/** How long a try may take when nothing answers at all, in milliseconds. */
export const tryMs = 5_000;

/** How long one call goes on beginning tries, in seconds. */
const longestCallS = 2;

/** Runs its first operand, which is `escaped`, with the others as operands. */
const runEscaped = `kerek_script=$(printf %b "$1"); shift; eval "$kerek_script"`;

/**
 * The first operand tells the shell's own lines from the command's, the second is for how many
 * seconds, the third the pause between two tries in seconds, the rest is the command, each word of
 * it `escaped`. No container has variables of such names: one that it had would change for the
 * command, too.
 */
const script = `kerek_mark=$1; kerek_end=$(($(date +%s 2>/dev/null) + $2)); kerek_pause=$3; shift 3
kerek_left=$#
while [ "$kerek_left" -gt 0 ]; do
  kerek_word=$(printf %b. "$1"); shift
  set -- "$@" "\${kerek_word%.}"; kerek_left=$((kerek_left - 1))
done
until echo "$kerek_mark tries"; "$@" 2>&1; do
  kerek_code=$?
  [ "$(date +%s 2>/dev/null)" -lt "$kerek_end" ] 2>/dev/null && sleep "$kerek_pause" 2>/dev/null ||
    exit $kerek_code
done
echo "$kerek_mark passed"`;

/**
 * A text as octal numbers that `printf %b` reads. In the shell's command line, checks that look for a
 * process by its words (`pgrep -f worker`) would find theirs.
 */
function escaped(text: string): string {
  return Array.from(
    new TextEncoder().encode(text),
    (byte) => `\\0${byte.toString(8).padStart(3, "0")}`,
  ).join("");
}

/**
 * Runs one command in one container until it succeeds. To have the engine run anything there takes
 * many times as long as most checks do, and CPU time that a starting application wants, so tries are
 * made by a shell in the container, some of them a call; where there is none, each is a call.
 */
export class CommandTries {
  private readonly mark = `kerek-${crypto.randomUUID()}`;
  private hasShell = true;

  constructor(
    private readonly programs: Programs,
    private readonly id: string,
    private readonly command: string[],
  ) {}

  /** Tries once, or as often as patience allows, for some seconds at most. */
  async run(signal: AbortSignal, patience?: Patience): Promise<ProbeResult> {
    const forS = Math.min(longestCallS, Math.floor((patience?.forMs ?? 0) / 1000));
    const result = this.hasShell && forS >= 1
      ? await this.runInShell(forS, patience!.everyMs, signal)
      : undefined;
    return result ?? await this.runOnce(signal);
  }

  private async runOnce(signal: AbortSignal): Promise<ProbeResult> {
    const { code, text } = await this.call(this.command, within(tryMs, signal));
    return resultOf(code, text);
  }

  /** @returns nothing if no shell was there to try. */
  private async runInShell(
    forS: number,
    everyMs: number,
    signal: AbortSignal,
  ): Promise<ProbeResult | undefined> {
    const operands = [
      this.mark,
      String(forS),
      String(everyMs / 1000),
      ...this.command.map(escaped),
    ];
    const limit = within(forS * 1000 + tryMs, signal);
    // The engine says so some time after the shell has.
    const passed = new AbortController();
    let said = "";
    const onOutput = (text: string) => {
      said += text;
      if (said.includes(`${this.mark} passed`)) passed.abort();
    };
    const { code } = await this.call(
      ["sh", "-c", runEscaped, "sh", escaped(script), ...operands],
      AbortSignal.any([limit, passed.signal]),
      onOutput,
    );
    const lastTry = said.split(`${this.mark} tries`).at(-1)!;
    if (passed.signal.aborted) return resultOf(0, lastTry.split(`${this.mark} passed`)[0]);
    const hasTried = lastTry !== said;
    // One that has not come back is not to be joined by others.
    this.hasShell = hasTried && !limit.aborted;
    return hasTried || limit.aborted ? resultOf(code, lastTry) : undefined;
  }

  private async call(
    command: string[],
    signal: AbortSignal,
    onOutput?: (text: string) => void,
  ): Promise<{ code: number; text: string }> {
    const argv = execIn(this.id, { command });
    const output = await this.programs.tryEngine(argv, { signal, onOutput });
    return { code: output.code, text: output.stdout + output.stderr };
  }
}

const within = (ms: number, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ms)]);

function resultOf(code: number, text: string): ProbeResult {
  const said = text.trim().split("\n").at(-1) ?? "";
  return { ok: code === 0, detail: `exit code ${code}${said ? ` (${said})` : ""}` };
}

/** Gives the tries of a command in a container, the same ones whenever it is asked. */
export type TriesOf = (id: string, command: string[]) => CommandTries;

/** Those that are made through these programs. */
export function triesThrough(programs: Programs): TriesOf {
  const known = new Map<string, CommandTries>();
  return (id, command) => {
    const key = [id, ...command].join("\0");
    const tries = known.get(key) ?? new CommandTries(programs, id, command);
    known.set(key, tries);
    return tries;
  };
}
