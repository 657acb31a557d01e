/** A connection through which bytes are counted, and which can be cut and slowed down. */
export interface Wire {
  /** Port on this machine that leads to the other one. */
  port: number;
  /** Bytes that went through since the last call, in both directions. */
  take(): number;
  /** Cuts all connections when so many more bytes have gone through. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

/** Lays a wire to a port of this machine, or to a socket. */
export function layWire(
  target: Deno.ConnectOptions | Deno.UnixConnectOptions,
  bytesPerSecond = Infinity,
): Wire {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ends = new Set<Deno.Conn>();
  let bytes = 0;
  let left = Infinity;
  const serving = serve();
  return {
    port: listener.addr.port,
    take: () => {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    cutAfter: (count) => {
      left = count;
    },
    close: async () => {
      listener.close();
      cut();
      await serving;
    },
  };

  async function serve(): Promise<void> {
    const links: Promise<void>[] = [];
    for await (const near of listener) {
      const far = await ("path" in target ? Deno.connect(target) : Deno.connect(target));
      links.push(link(near, far), link(far, near));
    }
    await Promise.all(links);
  }

  async function link(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    ends.add(from);
    const piece = new Uint8Array(65_536);
    let dueAt = 0;
    try {
      for (let count; (count = await from.read(piece)) !== null;) {
        bytes += count;
        left -= count;
        if (left <= 0) return cut();
        for (let done = 0; done < count;) done += await to.write(piece.subarray(done, count));
        dueAt = Math.max(dueAt, performance.now()) + count / bytesPerSecond * 1000;
        await sleepUntil(dueAt);
      }
      await to.closeWrite();
    } catch {
      // Either end may go at any time.
    } finally {
      ends.delete(from);
      close(from);
    }
  }

  function cut(): void {
    left = Infinity;
    ends.forEach(close);
  }
}

function close(end: Deno.Conn): void {
  try {
    end.close();
  } catch {
    // It is closed already.
  }
}

async function sleepUntil(dueAt: number): Promise<void> {
  const ms = dueAt - performance.now();
  // Timers are no finer, and what is too early now makes the next wait longer.
  if (ms >= 1) await new Promise((resolve) => setTimeout(resolve, ms));
}
