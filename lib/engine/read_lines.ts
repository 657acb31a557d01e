/**
 * Hands on the lines of a stream as they come, but for empty ones and one that does not end.
 *
 * @param signal Gives up the stream when it aborts.
 */
export async function readLines(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const reader = source.pipeThrough(new TextDecoderStream()).getReader();
  // The signal of a request alone does not always end a read that is under way.
  const cancel = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop()!;
    lines.filter((line) => line !== "").forEach(onLine);
  }
}
