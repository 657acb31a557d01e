import { collect, endGroup, keep, spawnApart } from "./child.ts";
import { type Pipe, pipe } from "./pipe.ts";
import { readLines } from "./read_lines.ts";

/** What a finished program left. */
export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** What a program reads. */
export type Input = string | Uint8Array<ArrayBuffer>;

/** Input and surroundings of a program. */
export interface SpawnOptions {
  /** What is still to come lets the program start meanwhile; it ends if that fails. */
  stdin?: Input | Promise<Input>;
  /** Takes the output of both streams as it comes, besides its being collected. */
  onOutput?: (text: string) => void;
  /** Takes standard output as it comes, instead of its being collected, as it is no text. */
  onBytes?: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Variables besides those of this process. */
  env?: Record<string, string>;
  /** Ends the program when it aborts. */
  signal?: AbortSignal;
}

/** Runs programs; the one port through which kerek's calls to engine and Compose start. */
export interface Spawner {
  /** Runs a program that only looks. */
  read(argv: string[], options?: SpawnOptions): Promise<Output>;
  /** Runs a program that changes something. */
  write(argv: string[], options?: SpawnOptions): Promise<Output>;
  /** Runs a program that talks until it is ended. */
  stream(argv: string[], onLine: (line: string) => void): Stream;
  /** Runs programs that feed one another. */
  pipe: Pipe;
}

/** A running program of {@linkcode Spawner.stream}. */
export interface Stream {
  /** Resolves when the program has ended. */
  ended: Promise<void>;
  end(): Promise<void>;
}

/**
 * Runs programs on this machine, each in a process group of its own: the terminal sends Ctrl-C to
 * all of kerek's group, and a call cut off in its middle is what recovery cannot reason about.
 */
export const spawner: Spawner = { read: run, write: run, stream, pipe };

async function run(
  argv: string[],
  { stdin, onOutput, onBytes, env, signal }: SpawnOptions = {},
): Promise<Output> {
  const child = keep(spawnApart(argv, stdin === undefined ? "null" : "piped", env));
  const kill = () => endGroup(child);
  signal?.addEventListener("abort", kill);
  if (signal?.aborted) kill();
  const [status, stdout, stderr] = await Promise.all([
    child.status,
    onBytes ? passOn(child.stdout, onBytes) : collect(child.stdout, onOutput),
    collect(child.stderr, onOutput),
    stdin === undefined ? undefined : feed(child, stdin),
  ]);
  signal?.removeEventListener("abort", kill);
  return { code: status.code, stdout, stderr };
}

function stream(argv: string[], onLine: (line: string) => void): Stream {
  const child = keep(spawnApart(argv, "null"));
  const ended = Promise.all([
    readLines(child.stdout, onLine),
    collect(child.stderr),
    child.status,
  ]).then(() => {});
  const end = async () => {
    endGroup(child);
    await ended;
  };
  return { ended, end };
}

async function passOn(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: NonNullable<SpawnOptions["onBytes"]>,
): Promise<string> {
  for await (const bytes of source) onBytes(bytes);
  return "";
}

async function feed(child: Deno.ChildProcess, input: Input | Promise<Input>): Promise<void> {
  const bytes = await comingFor(child, input);
  const writer = child.stdin.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    // A program may end without reading all; its exit code tells more.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** @throws what the input fails with; the program is told to end then. */
async function comingFor(
  child: Deno.ChildProcess,
  input: Input | Promise<Input>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const all = await input;
    return typeof all === "string" ? new TextEncoder().encode(all) : all;
  } catch (error) {
    endGroup(child);
    // Compose goes on reading when it is told to end.
    await child.stdin.close().catch(() => {});
    throw error;
  }
}
