/**
 * Asks again and again until the answer is yes.
 *
 * @returns whether it was yes before `limitMs` were over.
 * @throws the signal's reason if that aborts.
 */
export async function until(
  limitMs: number,
  signal: AbortSignal,
  ask: () => Promise<boolean>,
): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (!await ask()) {
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
    signal.throwIfAborted();
  }
  return true;
}
