import { collect, endGroup, spawnApart } from "./child.ts";
import type { Output } from "./spawn.ts";

/** Surroundings of programs that feed one another. */
export interface PipeOptions {
  /** Takes how many more bytes the last program was given. */
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
 */
export const pipe: Pipe = async (argvs, { onBytes, signal } = {}) => {
  const children = await spawnAll(argvs);
  const end = () => children.forEach(endGroup);
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  try {
    const links = children.slice(1).map((next, i) => {
      const source = children[i].stdout;
      const isLast = next === children.at(-1);
      return connect(isLast && onBytes ? source.pipeThrough(counter(onBytes)) : source, next.stdin);
    });
    const stdout = collect(children.at(-1)!.stdout);
    const outputs = await Promise.all(children.map(async (child, i): Promise<Output> => {
      const [{ code }, stderr] = await Promise.all([child.status, collect(child.stderr)]);
      return { code, stdout: i === children.length - 1 ? await stdout : "", stderr };
    }));
    await Promise.all(links);
    return outputs;
  } finally {
    signal?.removeEventListener("abort", end);
  }
};

async function spawnAll(argvs: string[][]): Promise<Deno.ChildProcess[]> {
  const children: Deno.ChildProcess[] = [];
  try {
    for (const argv of argvs) {
      children.push(spawnApart(argv, children.length === 0 ? "null" : "piped"));
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

async function connect(
  source: ReadableStream<Uint8Array>,
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
  const failed = outputs.flatMap(({ code }, i) => code === 0 ? [] : [i]);
  const isPipe = (i: number) => /broken pipe|unexpected EOF/i.test(outputs[i].stderr);
  return failed.find((i) => outputs[i].stderr !== "" && !isPipe(i)) ?? failed.at(-1);
}
