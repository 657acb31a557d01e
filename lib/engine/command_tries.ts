import type { Patience } from "../execute/ports.ts";
import type { ProbeResult } from "../plan/gates.ts";
import { execIn } from "./argv.ts";
import type { Programs } from "./programs.ts";

/** How long a try may take when nothing answers at all, in milliseconds. */
export const tryMs = 5_000;

/** How long one call goes on beginning tries, in seconds. */
const longestCallS = 2;

/** Stands in front of what each try says; without it, no shell was there. */
const greeting = "kerek tries";

/**
 * The first operand is for how many seconds, the second the pause between two tries in seconds, the
 * rest is the command. No container has variables of such names: one that it had would change for the
 * command, too.
 */
const script = `kerek_end=$(($(date +%s 2>/dev/null) + $1)); kerek_pause=$2; shift 2
until echo '${greeting}'; "$@" 2>&1; do
  kerek_code=$?
  [ "$(date +%s 2>/dev/null)" -lt "$kerek_end" ] 2>/dev/null && sleep "$kerek_pause" 2>/dev/null ||
    exit $kerek_code
done`;

/**
 * Runs one command in one container until it succeeds. To have the engine run anything there takes
 * many times as long as most checks do, so all tries after the first are made by a shell in the
 * container, some of them a call; where there is none, each is a call.
 */
export class CommandTries {
  private isFirst = true;
  private hasShell = true;

  constructor(
    private readonly programs: Programs,
    private readonly id: string,
    private readonly command: string[],
  ) {}

  /** Tries once, or as often as patience allows, for some seconds at most. */
  async run(signal: AbortSignal, patience?: Patience): Promise<ProbeResult> {
    const forS = Math.min(longestCallS, Math.floor((patience?.forMs ?? 0) / 1000));
    const isAlone = this.isFirst || !this.hasShell || forS < 1;
    this.isFirst = false;
    return isAlone
      ? await this.runOnce(signal)
      : await this.runInShell(forS, patience!.everyMs, signal);
  }

  private async runOnce(signal: AbortSignal): Promise<ProbeResult> {
    const { code, text } = await this.call(this.command, within(tryMs, signal));
    return resultOf(code, text);
  }

  private async runInShell(
    forS: number,
    everyMs: number,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    const words = ["sh", "-c", script, "sh", String(forS), String(everyMs / 1000)];
    const limit = within(forS * 1000 + tryMs, signal);
    const { code, text } = await this.call([...words, ...this.command], limit);
    // One that has not come back is not to be joined by others.
    this.hasShell = text.startsWith(greeting) && !limit.aborted;
    return resultOf(code, text.slice(text.lastIndexOf(greeting)).replace(greeting, ""));
  }

  private async call(
    command: string[],
    signal: AbortSignal,
  ): Promise<{ code: number; text: string }> {
    const output = await this.programs.tryEngine(execIn(this.id, { command }), { signal });
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
