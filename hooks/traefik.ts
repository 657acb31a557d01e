/**
 * `kerek:traefik`: lets a new replica pass when Traefik has it among its servers and finds it up, and
 * lets an old one be stopped only when Traefik has left it, which a command in it brings about.
 *
 * It was written by Traefik's documentation and tested with a stand-in that answers as it describes,
 * not with Traefik itself.
 *
 * Traefik has to have its API on (`--api.insecure`, or a router for `api@internal`), a health check for
 * the service (the label `traefik.http.services.NAME.loadbalancer.healthcheck.path`), and wget, which
 * its image has.
 *
 * Options, all of which have defaults:
 *
 * - `proxy` (`traefik`): Traefik's service; or `container`, the name of its container, if it is of
 *   another project
 * - `api` (`http://localhost:8080`): the API, as seen in Traefik's container
 * - `mark`: a command in the old replica, a list of words, that makes its health check fail; without
 *   it, nothing is done with old replicas
 * - `waitMs` (10000): how long Traefik may take to leave one
 *
 * What Traefik has sent to the old replica takes its time after that: `x-kerek.drain.wait` gives it.
 */
import { type Container, defineHooks, type DeployContext } from "kerek";
import { execIn, proxiesOf, type ProxyOptions, type Running } from "./lib/containers.ts";
import { checkCommand, checkNames, checkNumbers, checkTexts, longestMs } from "./lib/options.ts";
import { until } from "./lib/until.ts";

interface Options extends ProxyOptions {
  api?: string;
  mark?: string[];
  waitMs?: number;
}

/** What the API says of a service (GET /api/http/services), as far as it matters. */
interface TraefikService {
  loadBalancer?: { servers?: { url?: string }[] };
  /** `UP` or `DOWN` for each server's URL. */
  serverStatus?: Record<string, string>;
}

export default defineHooks((given: Options | undefined) => {
  const options = { proxy: "traefik", ...given };
  checkNames(options, ["proxy", "container", "api", "mark", "waitMs"]);
  checkTexts(options, ["proxy", "container", "api"]);
  checkNumbers(options, { waitMs: [0, longestMs] });
  checkCommand(options, "mark");
  const { api = "http://localhost:8080", mark, waitMs = 10_000 } = options;
  const told = new Set<string>();
  return {
    async healthGate(ctx) {
      for (const traefik of await proxiesOf(ctx, options)) {
        if (await sendsTo(ctx, traefik, api, ctx.new)) continue;
        const text = `${traefik.name} does not know ${ctx.new.name} yet`;
        if (!told.has(text)) ctx.log(text);
        told.add(text);
        return { retryAfterMs: 200 };
      }
    },
    async beforeStop(ctx) {
      const proxies = await proxiesOf(ctx, options);
      if (!mark || proxies.length === 0) return;
      await ctx.exec(ctx.old, mark);
      for (const traefik of proxies) {
        const hasLeft = async () => !await sendsTo(ctx, traefik, api, ctx.old);
        if (await until(waitMs, ctx.signal, hasLeft)) continue;
        ctx.log(`${traefik.name} still sends to ${ctx.old.name} after ${waitMs / 1000} s`);
      }
    },
  };
});

async function sendsTo(
  ctx: DeployContext,
  traefik: Running,
  api: string,
  { addresses }: Container,
): Promise<boolean> {
  const url = `${api}/api/http/services?per_page=10000`;
  const { stdout } = await execIn(ctx, traefik, ["wget", "-q", "-O", "-", url]);
  const services: TraefikService[] = JSON.parse(stdout);
  return services.some(({ loadBalancer, serverStatus }) =>
    (loadBalancer?.servers ?? []).some(({ url = "" }) =>
      Object.values(addresses).includes(hostOf(url)) && serverStatus?.[url] !== "DOWN"
    )
  );
}

const hostOf = (url: string): string => URL.parse(url)?.hostname.replace(/^\[|\]$/g, "") ?? "";
