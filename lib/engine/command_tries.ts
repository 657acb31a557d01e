import type { Patience } from "../execute/ports.ts";
import type { ProbeResult } from "../plan/gates.ts";
import { execIn } from "./argv.ts";
import type { Programs } from "./programs.ts";

/** How long the engine may be busy with trying again in one call, in milliseconds. */
const longestCallMs = 2_000;

/** What the container's shell says first, so that one that is not there is told from a command. */
const greeting = "kerek tries";

/** The first operand is how often, the second the pause in seconds, the rest is the command. */
const script = `echo '${greeting}'; times=$1; pause=$2; shift 2; until "$@"; do
  code=$?; times=$((times - 1)); [ "$times" -gt 0 ] || exit $code; sleep "$pause" || exit $code
done`;

/**
 * Runs one command in one container until it succeeds. To have the engine run anything there takes
 * many times as long as most checks do, so all tries after the first are made by a shell in the
 * container, some of them a call; where there is none, each is a call.
 */
export class CommandTries {
  /** How long one call for one try took; absent: there was none. */
  private tookMs?: number;
  private hasShell = true;

  constructor(
    private readonly programs: Programs,
    private readonly id: string,
    private readonly command: string[],
  ) {}

  /** Tries once, or as often as patience allows, at most for some seconds. */
  async run(signal: AbortSignal, patience?: Patience): Promise<ProbeResult> {
    const times = patience && this.hasShell ? this.timesFor(patience) : 1;
    return times > 1
      ? await this.runInShell(times, patience!.everyMs, signal)
      : await this.runOnce(signal);
  }

  private timesFor({ everyMs, forMs }: Patience): number {
    if (this.tookMs === undefined) return 1;
    return Math.floor(Math.min(longestCallMs, forMs) / (this.tookMs + everyMs));
  }

  private async runOnce(signal: AbortSignal): Promise<ProbeResult> {
    const startedAt = performance.now();
    const { code, text } = await this.call(this.command, signal);
    this.tookMs = performance.now() - startedAt;
    return resultOf(code, text);
  }

  private async runInShell(
    times: number,
    everyMs: number,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    const words = ["sh", "-c", script, "sh", String(times), String(everyMs / 1000)];
    const { code, text } = await this.call([...words, ...this.command], signal);
    // One that has not come back is not to be joined by others.
    this.hasShell = text.startsWith(greeting) && !signal.aborted;
    return resultOf(code, text.replace(greeting, ""));
  }

  private async call(
    command: string[],
    signal: AbortSignal,
  ): Promise<{ code: number; text: string }> {
    const output = await this.programs.tryEngine(execIn(this.id, { command }), { signal });
    return { code: output.code, text: output.stdout + output.stderr };
  }
}

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
