import { collect, endGroup, keep, spawnApart } from "./child.ts";
import type { Output } from "./spawn.ts";

/** Surroundings of programs that feed one another. */
export interface PipeOptions {
  /** What the first program is fed with. Default: nothing */
  input?: ReadableStream<Uint8Array>;
  /** Takes what the last program prints, in place of the output's `stdout`. */
  consume?: (printed: ReadableStream<Uint8Array>) => Promise<void>;
  /** Takes how many more bytes the last program was given, or has printed to `consume`. */
  onBytes?: (count: number) => void;
  /** Ends all programs when it aborts. */
  signal?: AbortSignal;
}

/** Runs programs, each with the output of the one before it as its input. */
export type Pipe = (argvs: string[][], options?: PipeOptions) => Promise<Output[]>;

/**
 * The real {@linkcode Pipe}. Nothing but a piece at a time is held in memory, however much comes
 * through.
 *
 * @throws {KerekError} if one of the programs cannot be started; none is left running then.
 * @throws what `input` or `consume` threw, unless a program is to blame for it.
 */
export const pipe: Pipe = async (argvs, { input, consume, onBytes, signal } = {}) => {
  const children = await spawnAll(argvs, input ? "piped" : "null").catch(async (error) => {
    await input?.cancel();
    throw error;
  });
  const end = () => children.forEach(endGroup);
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  const failures: unknown[] = [];
  const noted = (error: unknown) => void failures.push(error);
  const counted = (source: Source) => onBytes ? source.pipeThrough(counter(onBytes)) : source;
  try {
    const sources = [...input ? [watched(input, noted)] : [], ...children.map((x) => x.stdout)];
    const sinks = children.slice(input ? 0 : 1).map((x) => x.stdin);
    const last = sources.pop()!;
    const links = sinks.map((sink, i) => {
      const isLast = i === sinks.length - 1 && !consume;
      return connect(isLast ? counted(sources[i]) : sources[i], sink);
    });
    const printed = consume ? consume(counted(last)).catch(noted) : collect(last);
    const outputs = await Promise.all(children.map(async (child, i): Promise<Output> => {
      const [{ code }, stderr] = await Promise.all([child.status, collect(child.stderr)]);
      return { code, stdout: i === children.length - 1 ? await printed ?? "" : "", stderr };
    }));
    await Promise.all(links);
    if (failures.length > 0 && !signal?.aborted && !outputs.some(isToBlame)) throw failures[0];
    return outputs;
  } finally {
    signal?.removeEventListener("abort", end);
  }
};

type Source = ReadableStream<Uint8Array>;

async function spawnAll(argvs: string[][], stdin: "piped" | "null"): Promise<Deno.ChildProcess[]> {
  const children: Deno.ChildProcess[] = [];
  try {
    for (const argv of argvs) {
      children.push(keep(spawnApart(argv, children.length === 0 ? stdin : "piped")));
    }
    return children;
  } catch (error) {
    for (const child of children) {
      endGroup(child);
      await Promise.allSettled([child.stdout.cancel(), child.stderr.cancel(), child.status]);
    }
    throw error;
  }
}

function counter(onBytes: (count: number) => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(piece, controller) {
      onBytes(piece.byteLength);
      controller.enqueue(piece);
    },
  });
}

/** The same stream, of whose failure is told. */
function watched(source: Source, onError: (error: unknown) => void): Source {
  return ReadableStream.from(pieces());

  async function* pieces() {
    try {
      yield* source;
    } catch (error) {
      onError(error);
      throw error;
    }
  }
}

async function connect(
  source: Source,
  sink: WritableStream<Uint8Array>,
): Promise<void> {
  try {
    await source.pipeTo(sink);
  } catch {
    // Either program has ended early, which its exit code tells more of. The other must not wait.
    await Promise.allSettled([source.cancel(), sink.abort()]);
  }
}

/**
 * Which of the programs is to blame, if any failed: when one does, others only complain of a broken
 * pipe or too little input.
 */
export function blamed(outputs: Output[]): number | undefined {
  const first = outputs.findIndex(isToBlame);
  if (first >= 0) return first;
  const failed = outputs.findLastIndex(({ code }) => code !== 0);
  return failed < 0 ? undefined : failed;
}

/** Whether a program failed for another reason than that the one beside it ended. */
const isToBlame = ({ code, stderr }: Output): boolean =>
  code !== 0 && stderr !== "" && !/broken pipe|unexpected EOF/i.test(stderr);
