import { collect, endGroup, spawnApart } from "./child.ts";

/** A program that is meant to outlive this process. */
export interface Background {
  /** Resolves when it has ended, with what it complained of. */
  ended: Promise<{ code: number; stderr: string }>;
  end(): Promise<void>;
}

/**
 * Starts a program without an input, in a process group of its own, so that neither Ctrl-C nor the
 * end of this process ends it. It must not mind when nobody reads its output any more.
 */
export function startInBackground(argv: string[]): Background {
  const child = spawnApart(argv, "null");
  const ended = Promise.all([child.status, collect(child.stderr), collect(child.stdout)])
    .then(([{ code }, stderr]) => ({ code, stderr }));
  const end = async () => {
    endGroup(child);
    await ended;
  };
  return { ended, end };
}
