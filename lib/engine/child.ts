import { KerekError } from "../errors.ts";

/** Programs that have not ended and are not to outlive this one. */
const alive = new Set<Deno.ChildProcess>();

/** Lets a program end with this one, see {@linkcode endChildren}. */
export function keep(child: Deno.ChildProcess): Deno.ChildProcess {
  alive.add(child);
  child.status.finally(() => alive.delete(child));
  return child;
}

/** Asks all programs to end that are not to outlive this one, and waits for none. */
export function endChildren(): void {
  alive.forEach(endGroup);
}

/**
 * Starts a program in a process group of its own.
 *
 * @throws {KerekError} if there is no such program, or it may not be run.
 */
export function spawnApart(
  argv: string[],
  stdin: "null" | "piped",
  env?: Record<string, string>,
): Deno.ChildProcess {
  const [program, ...args] = argv;
  try {
    return new Deno.Command(program, {
      args,
      env,
      stdin,
      stdout: "piped",
      stderr: "piped",
      detached: Deno.build.os !== "windows",
    }).spawn();
  } catch (error) {
    throw cannotRun(program, error);
  }
}

/** Asks a program and those that it started to end. */
export function endGroup(child: Deno.ChildProcess): void {
  try {
    Deno.kill(Deno.build.os === "windows" ? child.pid : -child.pid, "SIGTERM");
  } catch (error) {
    // To signal others, Deno asks for permission to run anything; its own children are free.
    if (error instanceof Deno.errors.NotCapable) endAlone(child);
    else if (!hasEnded(error)) throw error;
  }
}

function endAlone(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!hasEnded(error)) throw error;
  }
}

/** Whether that is why a program cannot be ended. */
const hasEnded = (error: unknown): boolean =>
  error instanceof Deno.errors.NotFound || error instanceof TypeError;

/** All that a stream says, also piece by piece as it comes. */
export async function collect(
  source: ReadableStream<Uint8Array>,
  onText?: (text: string) => void,
): Promise<string> {
  // A stream of its own for that takes milliseconds to make.
  const decoder = new TextDecoder();
  let all = "";
  for await (const bytes of source) {
    const text = decoder.decode(bytes, { stream: true });
    all += text;
    onText?.(text);
  }
  return all + decoder.decode();
}

function cannotRun(program: string, error: unknown): KerekError {
  if (error instanceof Deno.errors.NotFound) return notFound(program);
  const reason = error instanceof Error ? error.message : String(error);
  return new KerekError(`Cannot run ${program}: ${reason}`, { cause: error });
}

function notFound(program: string): KerekError {
  return new KerekError(`Cannot run ${program}: there is no such program`, {
    hint: "Install it, or see that PATH leads to it.",
  });
}
