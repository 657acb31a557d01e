import type { Container, DeployContext } from "kerek";
import { execIn, type Running } from "./containers.ts";
import { until } from "./until.ts";

/**
 * Waits until a proxy that sends nothing new to a replica has no connection to it any more, so that
 * what it had begun there is answered.
 */
export async function drained(
  ctx: DeployContext,
  proxy: Running,
  replica: Container,
  limitMs: number,
): Promise<void> {
  const addresses = Object.values(replica.addresses).map(inProc);
  const isOver = await until(limitMs, ctx.signal, async () => {
    const { stdout } = await execIn(ctx, proxy, ["cat", "/proc/net/tcp"]);
    return !established(stdout).some((address) => addresses.includes(address));
  });
  if (!isOver) {
    const seconds = limitMs / 1000;
    ctx.log(`${proxy.name} still has connections to ${replica.name} after ${seconds} s`);
  }
}

/** Remote addresses of connections that stand, as Linux writes them: `050012AC`. */
function established(table: string): string[] {
  return table.split("\n").slice(1).map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === "01")
    .map(([, , remote]) => remote.split(":")[0]);
}

const inProc = (address: string): string =>
  address.split(".").reverse().map((part) => Number(part).toString(16).padStart(2, "0")).join("")
    .toUpperCase();
