/** How long an engine may take to answer, in milliseconds. */
const longestMs = 10_000;

/** Whether an engine answers at a Unix socket. */
export async function ping(path: string): Promise<boolean> {
  const connection = await Deno.connect({ transport: "unix", path }).catch(() => undefined);
  if (!connection) return false;
  const timer = setTimeout(() => connection.close(), longestMs);
  try {
    await connection.write(new TextEncoder().encode("GET /_ping HTTP/1.0\r\n\r\n"));
    const answer = new Uint8Array(64);
    const count = await connection.read(answer) ?? 0;
    return /^HTTP\/1\.\d 200 /.test(new TextDecoder().decode(answer.subarray(0, count)));
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch {
      // It was, as it took too long.
    }
  }
}
