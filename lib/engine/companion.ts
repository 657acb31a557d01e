import { collect, endGroup, keep, spawnApart } from "./child.ts";
import type { Output } from "./spawn.ts";

/** A program that lives as long as this process at most. */
export interface Companion {
  /** Resolves as soon as `find` finds something in what it has printed, or with nothing at its end. */
  says<T>(find: (stdout: string) => T | undefined): Promise<T | undefined>;
  /** Resolves when it has ended. */
  ended: Promise<Output>;
  end(): Promise<void>;
}

/**
 * Starts a program, in a process group of its own, that ends when its input does. As nobody else
 * holds that input, the program ends with this process, however that ends.
 */
export function startCompanion(argv: string[], input: string): Companion {
  const child = keep(spawnApart(argv, "piped"));
  // Kept for as long as the companion is: what nobody refers to would be closed.
  const stdin = child.stdin.getWriter();
  // A program that has ended already says why by itself.
  stdin.write(new TextEncoder().encode(input)).catch(() => {});
  let text = "";
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((look) => look());
  const stdout = collect(child.stdout, (piece) => {
    text += piece;
    wake();
  });
  let hasEnded = false;
  const ended = Promise.all([child.status, stdout, collect(child.stderr)])
    .then(([{ code }, stdout, stderr]): Output => {
      hasEnded = true;
      wake();
      return { code, stdout, stderr };
    });
  const says = <T>(find: (stdout: string) => T | undefined) =>
    new Promise<T | undefined>((resolve) => {
      const look = () => {
        const found = find(text);
        if (found === undefined && !hasEnded) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const end = async () => {
    endGroup(child);
    await stdin.close().catch(() => {});
    await ended;
  };
  return { says, ended, end };
}
