/** What hooks for proxies need to know of containers, asked of the engine. */
import type { Container, DeployContext } from "kerek";

/** A container that runs. */
export interface Running {
  id: string;
  name: string;
  /** Its address in each network, by the network's name. */
  addresses: Record<string, string>;
}

/** Where the proxy is. */
export interface ProxyOptions {
  /** Its service, in the same project. */
  proxy?: string;
  /** Name of its container instead, if it is of another project. */
  container?: string;
}

/** The containers of the proxy that run; none before its first deploy. */
export async function proxiesOf(
  ctx: DeployContext,
  { proxy, container }: ProxyOptions,
): Promise<Running[]> {
  return container === undefined
    ? await runningOf(ctx, proxy)
    : await inspect(ctx, await list(ctx, [`name=^/?${container.replace(/[.]/g, "\\.")}$`]));
}

/** The containers of a service of this project that run, or of all services. */
export async function runningOf(ctx: DeployContext, service?: string): Promise<Running[]> {
  const label = (name: string, value: string) => `label=com.docker.compose.${name}=${value}`;
  const ids = await list(ctx, [
    label("project", ctx.project),
    label("oneoff", "False"),
    ...(service === undefined ? [] : [label("service", service)]),
  ]);
  return await inspect(ctx, ids);
}

/** Runs a command in a container; `ctx.exec` goes by the id alone. */
export async function execIn(
  ctx: DeployContext,
  { id }: { id: string },
  argv: string[],
  noThrow = false,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return await ctx.exec({ id } as Container, argv, { noThrow });
}

/** The replica's address in a network that the proxy is in, too. */
export function addressFor(proxy: Running, replica: Running): string | undefined {
  const shared = Object.keys(proxy.addresses).filter((name) => name in replica.addresses);
  return shared.map((name) => replica.addresses[name])[0];
}

async function list(ctx: DeployContext, filters: string[]): Promise<string[]> {
  const { stdout } = await ctx.engine([
    ...["ps", "--quiet", "--no-trunc", "--filter", "status=running"],
    ...filters.flatMap((filter) => ["--filter", filter]),
  ]);
  return stdout.split("\n").filter((line) => line);
}

/** What an engine says of a container, as far as it matters. */
interface Inspected {
  Id: string;
  Name: string;
  State: { Running: boolean };
  NetworkSettings: { Networks?: Record<string, { IPAddress?: string } | null> | null };
}

async function inspect(ctx: DeployContext, ids: string[]): Promise<Running[]> {
  if (ids.length === 0) return [];
  // One that has gone meanwhile is an error of the whole call; the others are there all the same.
  const { stdout } = await ctx.engine(["container", "inspect", ...ids], { noThrow: true });
  const found: Inspected[] = JSON.parse(stdout || "[]");
  return found.filter(({ State }) => State.Running).map(({ Id, Name, NetworkSettings }) => ({
    id: Id,
    name: Name.replace(/^\//, ""),
    addresses: Object.fromEntries(
      Object.entries(NetworkSettings.Networks ?? {}).flatMap(([name, network]) =>
        network?.IPAddress ? [[name, network.IPAddress]] : []
      ),
    ),
  }));
}
