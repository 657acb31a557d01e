/**
 * `kerek:tcp`: a gate that the new replica passes when it accepts a TCP connection at its own
 * address.
 *
 * Options: `port`, which is needed; `intervalMs` (500), the pause between two tries.
 *
 * The module's `timeout` limits all tries together. Containers of a remote engine have no address
 * that can be reached from here.
 */
import { defineHooks } from "kerek";
import { checkNames, checkNumbers, longestMs, withNumbers } from "./lib/options.ts";

interface Options {
  port?: number;
  intervalMs?: number;
}

const ranges: Record<string, [number, number]> = {
  port: [1, 65_535],
  intervalMs: [0, longestMs],
};

export default defineHooks((given: Options | undefined) => {
  const options = withNumbers(given ?? {}, Object.keys(ranges));
  checkNames(options, Object.keys(ranges));
  checkNumbers(options, ranges);
  const { port, intervalMs = 500 } = options;
  if (port === undefined) throw new Error("option port is missing");
  return {
    async healthGate(ctx) {
      const [hostname] = Object.values(ctx.new.addresses);
      if (hostname === undefined) return `${ctx.new.name} has no address`;
      try {
        // An address that drops packets must not take all the time that there is.
        const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(2_000)]);
        const connection = await Deno.connect({ hostname, port, signal });
        connection.close();
      } catch {
        return { retryAfterMs: intervalMs };
      }
    },
  };
});
