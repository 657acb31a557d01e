/** Where requests go. */
export interface Target {
  /** What the Host header says. */
  host: string;
  hostname: string;
  port: number;
}

/** A whole answer. */
export interface Answer {
  status: number;
  body: string;
  /** Whether the connection may serve the next request. */
  keep: boolean;
}

/**
 * A connection that speaks just enough HTTP/1.1 for one request after the other, so that nothing
 * is retried or looked up behind our back. It opens with its first request.
 */
export class Connection {
  #conn: Deno.TcpConn | undefined;
  #closed = false;
  /** A read that waits already, since the connection came to rest. */
  #pending: Promise<string | undefined> | undefined;
  readonly #chunk = new Uint8Array(16 * 1024);
  // One character for each byte, as lengths in HTTP are in bytes.
  readonly #decoder = new TextDecoder("latin1");

  constructor(readonly target: Target) {}

  /** Can be called at any time; an exchange that is under way then fails. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn?.close();
  }

  /** Sends a request and reads its answer; throws if either cannot be done completely. */
  async exchange(message: string): Promise<Answer> {
    const conn = this.#conn ??= await this.#open();
    const bytes = new TextEncoder().encode(message);
    for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));

    let text = "";
    let ended = false;
    const readUntil = async (done: () => boolean, part: string) => {
      while (!done()) {
        if (ended) throw new Error(`closed ${part}`);
        const read = await this.#read(conn);
        if (read === undefined) ended = true;
        else text += read;
      }
    };

    await readUntil(() => text !== "", "without an answer");
    await readUntil(() => text.includes("\r\n\r\n"), "within the headers");
    const headEnd = text.indexOf("\r\n\r\n");
    const head = text.slice(0, headEnd);
    text = text.slice(headEnd + 4);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    if (Number.isNaN(status)) throw new Error("not an HTTP/1.1 answer");
    const header = (name: string) => new RegExp(`^${name}: *(.*?) *$`, "im").exec(head)?.[1];

    const keep = header("connection")?.toLowerCase() !== "close";
    const length = header("content-length");
    if (length !== undefined) {
      await readUntil(() => text.length >= Number(length), "within the body");
      return { status, body: text, keep };
    }
    if (header("transfer-encoding") === "chunked") {
      await readUntil(() => joinChunks(text) !== undefined, "within the body");
      return { status, body: joinChunks(text)!, keep };
    }
    await readUntil(() => ended, "");
    return { status, body: text, keep: false };
  }

  /** Waits in the pool for its next use; leaves it if the server closes, as any client notices. */
  rest(pool: Connection[]) {
    pool.push(this);
    this.#pending = this.#read(this.#conn!);
    const leave = () => {
      const index = pool.indexOf(this);
      if (index < 0) return; // In use again: the exchange gets what was read.
      pool.splice(index, 1);
      this.close();
    };
    this.#pending.then(leave, leave);
  }

  async #open(): Promise<Deno.TcpConn> {
    const { hostname, port } = this.target;
    const conn = await Deno.connect({ hostname, port });
    if (this.#closed) {
      conn.close();
      throw new Error("closed while connecting");
    }
    conn.setNoDelay(true);
    return conn;
  }

  /** What comes next, or undefined at the end. */
  async #read(conn: Deno.TcpConn): Promise<string | undefined> {
    if (this.#pending) {
      const pending = this.#pending;
      this.#pending = undefined;
      return await pending;
    }
    const count = await conn.read(this.#chunk);
    return count === null ? undefined : this.#decoder.decode(this.#chunk.subarray(0, count));
  }
}

/** The body of a chunked answer, or undefined while a part of it is missing. */
export function joinChunks(text: string): string | undefined {
  let body = "";
  for (let at = 0;;) {
    const start = text.indexOf("\r\n", at) + 2;
    const size = parseInt(text.slice(at, start), 16);
    if (start < 2 || text.length < start + size + 2) return undefined;
    if (size === 0) return body;
    body += text.slice(start, start + size);
    at = start + size + 2;
  }
}
