import type { Patience } from "../execute/ports.ts";
import type { ProbeResult } from "../plan/gates.ts";
import { execIn } from "./argv.ts";
import type { Programs } from "./programs.ts";

/** How long a try may take, in milliseconds. */
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

  /** @param limitMs How long a try may take, in milliseconds. Default: 5000 */
  constructor(
    private readonly programs: Programs,
    private readonly id: string,
    private readonly command: string[],
    private readonly limitMs = tryMs,
  ) {}

  /** Tries once, or as often as patience allows, for some seconds at most. */
  async run(signal: AbortSignal, patience: Patience): Promise<ProbeResult> {
    const { everyMs = Infinity } = patience;
    const isWorthIt = everyMs < 1000 && patience.forMs >= 1000;
    const result = this.hasShell && isWorthIt
      ? await this.runInShell(signal, { ...patience, everyMs })
      : undefined;
    return result ?? await this.runOnce(signal, patience);
  }

  private async runOnce(signal: AbortSignal, { forMs }: Patience): Promise<ProbeResult> {
    const limitMs = Math.min(this.limitMs, forMs);
    const late = AbortSignal.timeout(limitMs);
    const { code, text } = await this.call(this.command, AbortSignal.any([signal, late]));
    return late.aborted ? lateAfter(limitMs) : resultOf(code, text);
  }

  /** @returns nothing if no shell was there to try. */
  private async runInShell(
    signal: AbortSignal,
    { forMs, everyMs }: Required<Patience>,
  ): Promise<ProbeResult | undefined> {
    const forS = Math.min(longestCallS, Math.floor(forMs / 1000));
    const operands = [
      this.mark,
      String(forS),
      String(everyMs / 1000),
      ...this.command.map(escaped),
    ];
    // The engine says so some time after the shell has.
    const passed = new AbortController();
    using late = new Deadline(Math.min(this.limitMs, forMs), forMs);
    let said = "";
    let begun = 1;
    const onOutput = (text: string) => {
      said += text;
      const tries = said.split(`${this.mark} tries`).length;
      if (tries > begun) late.putOff(everyMs);
      begun = tries;
      if (said.includes(`${this.mark} passed`)) passed.abort();
    };
    const { code } = await this.call(
      ["sh", "-c", runEscaped, "sh", escaped(script), ...operands],
      AbortSignal.any([signal, late.signal, passed.signal]),
      onOutput,
    );
    const lastTry = said.split(`${this.mark} tries`).at(-1)!;
    if (passed.signal.aborted) return resultOf(0, lastTry.split(`${this.mark} passed`)[0]);
    const hasTried = lastTry !== said;
    const isLate = late.signal.aborted;
    // One that has not come back is not to be joined by others.
    this.hasShell = hasTried && !isLate;
    if (isLate) return lateAfter(late.ms);
    return hasTried || signal.aborted ? resultOf(code, lastTry) : undefined;
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

/** Ends a call when one of its tries takes too long, or all of them. */
class Deadline implements Disposable {
  private readonly over = new AbortController();
  private readonly last: ReturnType<typeof setTimeout>;
  private next: ReturnType<typeof setTimeout>;

  constructor(readonly ms: number, allMs: number) {
    this.last = setTimeout(() => this.over.abort(), allMs);
    this.next = this.begin(0);
  }

  get signal(): AbortSignal {
    return this.over.signal;
  }

  /** Another try has begun, which `moreMs` of the pause behind it belong to. */
  putOff(moreMs: number): void {
    clearTimeout(this.next);
    this.next = this.begin(moreMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.last);
    clearTimeout(this.next);
  }

  private begin(moreMs: number) {
    return setTimeout(() => this.over.abort(), this.ms + moreMs);
  }
}

const lateAfter = (ms: number): ProbeResult => ({
  ok: false,
  detail: `it took more than ${Math.round(ms / 100) / 10} s`,
});

function resultOf(code: number, text: string): ProbeResult {
  const said = text.trim().split("\n").at(-1) ?? "";
  return { ok: code === 0, detail: `exit code ${code}${said ? ` (${said})` : ""}` };
}

/** Gives the tries of a command in a container, the same ones whenever it is asked. */
export type TriesOf = (id: string, command: string[], limitMs?: number) => CommandTries;

/** Those that are made through these programs. */
export function triesThrough(programs: Programs): TriesOf {
  const known = new Map<string, CommandTries>();
  return (id, command, limitMs) => {
    const key = [id, ...command].join("\0");
    const tries = known.get(key) ?? new CommandTries(programs, id, command, limitMs);
    known.set(key, tries);
    return tries;
  };
}
