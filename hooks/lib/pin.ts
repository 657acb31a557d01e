import type { DeployContext, Hooks, ReplicaContext } from "kerek";
import { addressFor, proxiesOf, type ProxyOptions, type Running, runningOf } from "./containers.ts";
import { drained } from "./drained.ts";

/** How a proxy is told where to send requests. */
export interface Pointer {
  /** Lets it send what is for the service to these addresses, and to no others. */
  point(
    ctx: DeployContext,
    proxy: Running,
    service: string,
    addresses: string[],
  ): Promise<void>;
  /** Lets it go by its own configuration again. */
  release(ctx: DeployContext, proxy: Running): Promise<void>;
}

/**
 * Hooks that, for the time of a deploy, tell a proxy the addresses of the replicas that serve, as
 * Docker's DNS names them too early and too late: a new one from when its gates are passed, an old
 * one until it is to be stopped, which waits for what it has begun. Before and after a deploy the
 * proxy goes by names, so that restarts of containers, which may change addresses, matter to nobody.
 */
export function pinning(
  options: ProxyOptions & { drainMs?: number },
  { point, release }: Pointer,
): Hooks {
  /** Replicas that have not passed their gates, and those that are to be stopped. */
  const [pending, leaving] = [new Set<string>(), new Set<string>()];
  /** Services whose replicas proxies were told, and those replicas. */
  const [pinned, told] = [new Set<string>(), new Set<string>()];

  /** What serves; where nothing does, whatever runs is better than nothing. */
  async function serving(ctx: ReplicaContext): Promise<Running[]> {
    const running = await runningOf(ctx, ctx.service);
    const staying = running.filter(({ id }) => !leaving.has(id) && !pending.has(id));
    return staying.length > 0 ? staying : running.filter(({ id }) => id !== ctx.old?.id);
  }

  async function tell(ctx: ReplicaContext): Promise<Running[]> {
    const [proxies, replicas] = await Promise.all([proxiesOf(ctx, options), serving(ctx)]);
    if (replicas.length === 0) return proxies; // All there is to say is what the proxy knows.
    for (const proxy of proxies) {
      const addresses = replicas.flatMap((replica) => addressFor(proxy, replica) ?? []);
      if (addresses.length === 0) {
        throw new Error(`${proxy.name} shares no network with ${ctx.service}`);
      }
      await point(ctx, proxy, ctx.service, addresses.sort());
    }
    pinned.add(ctx.service);
    replicas.forEach(({ id }) => told.add(id));
    return proxies;
  }

  return {
    async preSwap(ctx) {
      pending.add(ctx.new.id);
      if (!pinned.has(ctx.service)) await tell(ctx);
    },
    healthGate(ctx) {
      pending.delete(ctx.new.id);
    },
    async beforeStop(ctx) {
      leaving.add(ctx.old.id);
      const { drainMs = 10_000 } = options;
      for (const proxy of await tell(ctx)) await drained(ctx, proxy, ctx.old, drainMs);
    },
    async postSwap(ctx) {
      if (ctx.old) leaving.delete(ctx.old.id);
      const isKnown = ctx.new === undefined || told.has(ctx.new.id);
      if (!isKnown) await tell(ctx);
    },
    async afterDeploy(ctx) {
      for (const proxy of await proxiesOf(ctx, options)) await release(ctx, proxy);
    },
  };
}
