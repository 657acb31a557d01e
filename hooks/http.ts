/**
 * `kerek:http`: a gate that asks the new replica by HTTP, and looks at more than the status.
 *
 * Options, all of which have defaults:
 *
 * - `port` (80), `path` (`/`), `method` (`GET`), `headers`
 * - `status`: the expected status, or a list of such; without it, any from 200 to 299
 * - `contains`: text that the answer must have in it
 * - `successes` (1): how many tries in a row must be good
 * - `intervalMs` (500): pause between two tries
 *
 * The module's `timeout` limits all tries together.
 */
import { defineHooks, type NewReplicaContext } from "kerek";
import { checkNames, checkNumbers, checkTexts, longestMs, withNumbers } from "./lib/options.ts";

interface Options {
  port?: number;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  status?: number | number[];
  contains?: string;
  successes?: number;
  intervalMs?: number;
}

const ranges: Record<string, [number, number]> = {
  port: [1, 65_535],
  successes: [1, 1_000],
  intervalMs: [0, longestMs],
};

export default defineHooks((given: Options | undefined) => {
  const options = withNumbers(given ?? {}, Object.keys(ranges));
  check(options);
  const { successes = 1, intervalMs = 500 } = options;
  /** What is known of a container by its id: good tries in a row, and what was wrong last. */
  const seen = new Map<string, { inARow: number; wrong?: string }>();
  return {
    async healthGate(ctx) {
      const wrong = await whatIsWrong(ctx, options);
      const before = seen.get(ctx.new.id) ?? { inARow: 0 };
      const inARow = wrong === undefined ? before.inARow + 1 : 0;
      seen.set(ctx.new.id, { inARow, wrong });
      if (wrong !== undefined && wrong !== before.wrong) ctx.log(`${ctx.new.name}: ${wrong}`);
      if (inARow < successes) return { retryAfterMs: intervalMs };
    },
  };
});

function check(options: Options): void {
  const texts = ["path", "method", "contains"];
  checkNames(options, ["headers", "status", ...texts, ...Object.keys(ranges)]);
  checkTexts(options, texts);
  checkNumbers(options, ranges);
  for (const status of [options.status ?? []].flat()) {
    checkNumbers({ status }, { status: [100, 599] });
  }
}

async function whatIsWrong(
  ctx: NewReplicaContext,
  { path = "/", status, contains, port, method, headers }: Options,
): Promise<string | undefined> {
  try {
    const response = await ctx.fetchContainer(path, { port, method, headers });
    const isExpected = status === undefined
      ? response.ok
      : [status].flat().includes(response.status);
    if (!isExpected) return `status ${response.status}`;
    if (contains === undefined || (await response.text()).includes(contains)) return undefined;
    return `the answer does not contain ${JSON.stringify(contains)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
