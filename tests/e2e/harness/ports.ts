/** Ports of this machine for containers and servers of tests. */

/**
 * The first of so many ports in a row that nobody listens on.
 *
 * They lie below those that the kernel hands out by itself (`ip_local_port_range`, 32768 and up by
 * default): what other tests listen on and connect from meanwhile can't take one. The engine fails
 * a container if another program has the next port of its range, even if the range has free ones.
 */
export function freePorts(count: number): number {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const listeners: Deno.Listener[] = [];
    try {
      for (let i = 0; i < count; i++) listeners.push(Deno.listen({ port: first + i }));
      return first;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    } finally {
      listeners.forEach((listener) => listener.close());
    }
  }
}

/** A port that nobody listens on. */
export const freePort = () => freePorts(1);
