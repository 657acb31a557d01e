import { type ImageTransfer, isNeeded } from "./plan.ts";

/**
 * Runs transfers, some at a time, each after the one that it builds on.
 *
 * When one fails, those that have begun are awaited, and no other is begun.
 *
 * @throws what the first that failed has thrown.
 */
export async function runTransfers(
  transfers: ImageTransfer[],
  jobs: number,
  run: (transfer: ImageTransfer) => Promise<void>,
): Promise<void> {
  const waiting = transfers.filter(isNeeded);
  const done = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < jobs && failures.length === 0
      ? waiting.findIndex((transfer) => isReady(transfer, done))
      : -1;
    if (next >= 0) {
      const [transfer] = waiting.splice(next, 1);
      const { name } = transfer;
      running.set(
        name,
        run(transfer)
          .then(() => void done.add(name), (error) => void failures.push(error))
          .finally(() => running.delete(name)),
      );
      continue;
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
}

function isReady({ way }: ImageTransfer, done: ReadonlySet<string>): boolean {
  const after = "after" in way ? way.after : undefined;
  return after === undefined || done.has(after);
}
