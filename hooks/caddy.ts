/**
 * `kerek:caddy`: for the time of a deploy, tells Caddy by its admin API the addresses of the replicas
 * that serve, in place of the upstream that has the service's name. An old replica is stopped only
 * when Caddy has nothing left to ask of it.
 *
 * Caddy's configuration has to have a `reverse_proxy` to the name of the service and a port, such as
 * `reverse_proxy app:8080`, and its admin API has to be on, as it is unless `admin off` is said. What
 * is changed is the running configuration, which is as before at the end of the deploy, and when
 * Caddy is restarted.
 *
 * Options, all of which have defaults:
 *
 * - `proxy` (`caddy`): Caddy's service; or `container`, the name of its container, if it is of another
 *   project
 * - `name`: the name in Caddy's configuration; without it, that of the service
 * - `admin` (`http://localhost:2019`): the admin API, as seen in Caddy's container, which must have
 *   curl or wget
 * - `drainMs` (10000): how long requests that Caddy has begun at an old replica may take
 */
import { defineHooks, type DeployContext } from "kerek";
import { execIn, type ProxyOptions, type Running } from "./lib/containers.ts";
import { checkNames, checkNumbers, checkTexts, longestMs } from "./lib/options.ts";
import { pinning } from "./lib/pin.ts";

interface Options extends ProxyOptions {
  name?: string;
  admin?: string;
  drainMs?: number;
}

/** An upstream of Caddy's; its `@id`, which means nothing to Caddy, says what it stands for. */
interface Upstream {
  "@id"?: string;
  dial?: string;
}

export default defineHooks((given: Options | undefined) => {
  const options = given ?? {};
  checkNames(options, ["proxy", "container", "name", "admin", "drainMs"]);
  checkTexts(options, ["proxy", "container", "name", "admin"]);
  checkNumbers(options, { drainMs: [0, longestMs] });
  const { proxy = "caddy", admin = "http://localhost:2019", name } = options;
  return pinning({ ...options, proxy }, {
    async point(ctx, caddy, service, addresses) {
      const host = name ?? service;
      let count = 0;
      await change(ctx, caddy, admin, (upstreams) => {
        const named = withNames(upstreams, ctx.project);
        return named.flatMap((upstream) => {
          const [own, port] = portOf(upstream);
          if (own !== host) return [upstream];
          count++;
          return addresses.map((address, i) => ({
            "@id": `kerek/${ctx.project}/${host}:${port}/${count}/${i}`,
            ...upstream,
            dial: `${address}:${port}`,
          }));
        });
      });
      if (count === 0) {
        throw new Error(`the configuration of ${caddy.name} has no upstream ${host}:PORT`);
      }
    },
    async release(ctx, caddy) {
      await change(ctx, caddy, admin, (upstreams) => withNames(upstreams, ctx.project));
    },
  });
});

/** Upstreams as the configuration has them, so by name. */
function withNames(upstreams: Upstream[], project: string): Upstream[] {
  const seen = new Set<string>();
  return upstreams.flatMap(({ "@id": id, ...upstream }) => {
    const [kerek, own, dial, place] = id?.split("/") ?? [];
    if (kerek !== "kerek" || own !== project) {
      return [id === undefined ? upstream : { "@id": id, ...upstream }];
    }
    if (seen.has(`${dial}/${place}`)) return [];
    seen.add(`${dial}/${place}`);
    return [{ ...upstream, dial }];
  });
}

function portOf({ dial = "" }: Upstream): [host: string, port: string] {
  const at = dial.lastIndexOf(":");
  return [dial.slice(0, at), dial.slice(at + 1)];
}

/** Gives Caddy its own configuration with other upstreams, if they are others. */
async function change(
  ctx: DeployContext,
  caddy: Running,
  admin: string,
  edit: (upstreams: Upstream[]) => Upstream[],
): Promise<void> {
  const before = await ask(ctx, caddy, `${admin}/config/`);
  const config = JSON.parse(before);
  for (const handler of proxyHandlers(config)) handler.upstreams = edit(handler.upstreams);
  const after = JSON.stringify(config);
  if (after === JSON.stringify(JSON.parse(before))) return;
  await ask(ctx, caddy, `${admin}/load`, after);
}

/** All reverse_proxy handlers, however deep. */
function proxyHandlers(value: unknown): { upstreams: Upstream[] }[] {
  if (typeof value !== "object" || value === null) return [];
  const { handler, upstreams } = value as { handler?: unknown; upstreams?: unknown };
  const own = handler === "reverse_proxy" && Array.isArray(upstreams);
  return [
    ...(own ? [value as { upstreams: Upstream[] }] : []),
    ...Object.values(value).flatMap(proxyHandlers),
  ];
}

/** Asks the admin API from within Caddy's container, as it listens nowhere else. */
async function ask(
  ctx: DeployContext,
  caddy: Running,
  url: string,
  body?: string,
): Promise<string> {
  const type = "Content-Type: application/json";
  const script = `if command -v curl >/dev/null; then
  exec curl -fsS \${2:+-H "$3" --data-binary "$2"} -- "$1"
else
  exec wget -q -O - \${2:+--header "$3" --post-data "$2"} -- "$1"
fi`;
  const argv = ["sh", "-c", script, "sh", url, body ?? "", type];
  const { code, stdout, stderr } = await execIn(ctx, caddy, argv, true);
  if (code === 0) return stdout;
  const reason = stderr.trim().split("\n").at(-1) || `exit code ${code}`;
  throw new Error(`the admin API of ${caddy.name} does not answer well at ${url}: ${reason}`);
}
