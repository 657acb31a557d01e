/**
 * `kerek:haproxy`: lets a new replica pass when HAProxy has it among its servers and finds it up, and
 * lets an old one be stopped only when HAProxy has sent it nothing new for a while and has all answers
 * from it. It speaks HAProxy's runtime API.
 *
 * HAProxy's configuration has to find replicas by DNS (`server-template … resolvers …`) and to have,
 * in `global`: `stats socket ipv4@127.0.0.1:9999 level admin`. Not together with
 * `x-kerek.drain.dns`, with which replicas have no names before they have passed this gate.
 *
 * Options, all of which have defaults:
 *
 * - `proxy` (`haproxy`): HAProxy's service; or `container`, the name of its container, if it is of
 *   another project
 * - `socket` (`127.0.0.1:9999`): the runtime API, as seen in HAProxy's container, which must have
 *   socat, nc or bash; for a path, socat
 * - `backend`: the backend to look at; without it, all
 * - `drainMs` (10000): how long requests that HAProxy has sent to an old replica may take
 */
import { type Container, defineHooks, type DeployContext, type OldReplicaContext } from "kerek";
import { execIn, proxiesOf, type ProxyOptions, type Running, runningOf } from "./lib/containers.ts";
import { checkNames, checkNumbers, checkTexts, longestMs } from "./lib/options.ts";
import { until } from "./lib/until.ts";

interface Options extends ProxyOptions {
  socket?: string;
  backend?: string;
  drainMs?: number;
}

/** One of HAProxy's servers. */
interface Server {
  /** `backend/server` */
  name: string;
  /** Empty if the DNS has none for it. */
  address: string;
  isUp: boolean;
  isDrained: boolean;
  /** Requests in hand. */
  current: number;
}

/** How long to wait for HAProxy to see another replica, or that one is gone. */
const longestNoticeMs = 10_000;

export default defineHooks((given: Options | undefined) => {
  const options = { proxy: "haproxy", ...given };
  checkNames(options, ["proxy", "container", "socket", "backend", "drainMs"]);
  checkTexts(options, ["proxy", "container", "socket", "backend"]);
  checkNumbers(options, { drainMs: [0, longestMs] });
  const haproxy = new HAProxy(options);
  /** Servers that were drained, each with the address that it had then. */
  const drained = new Map<string, string>();
  const leaving = new Set<string>();
  let told = "";

  /** Takes the drain off servers that stand for something else by now. */
  async function tidy(ctx: DeployContext, proxy: Running): Promise<boolean> {
    if (drained.size === 0) return true;
    const [servers, running] = await Promise.all([haproxy.servers(ctx, proxy), runningOf(ctx)]);
    const alive = running.filter(({ id }) => !leaving.has(id))
      .flatMap(({ addresses }) => Object.values(addresses));
    for (const { name, address, isUp } of servers) {
      const before = drained.get(name);
      if (before === undefined) continue;
      // One that is gone would get requests until HAProxy notices.
      if (address === before && isUp && !alive.includes(address)) continue;
      await haproxy.set(ctx, proxy, name, "ready");
      drained.delete(name);
    }
    return drained.size === 0;
  }

  return {
    async healthGate(ctx) {
      for (const proxy of await proxiesOf(ctx, options)) {
        await tidy(ctx, proxy);
        const own = of(await haproxy.servers(ctx, proxy), ctx.new);
        const missing = own.length === 0 ? "does not know" : "does not find up";
        if (own.length > 0 && own.every(({ isUp }) => isUp)) {
          for (const { name } of own.filter(({ isDrained }) => isDrained)) {
            await haproxy.set(ctx, proxy, name, "ready");
          }
          continue;
        }
        const text = `${proxy.name} ${missing} ${ctx.new.name} yet`;
        if (text !== told) ctx.log(told = text);
        return { retryAfterMs: 100 };
      }
    },
    async beforeStop(ctx) {
      leaving.add(ctx.old.id);
      for (const proxy of await proxiesOf(ctx, options)) {
        await tidy(ctx, proxy);
        await others(ctx, proxy);
        const own = of(await haproxy.servers(ctx, proxy), ctx.old);
        for (const { name, address } of own) {
          await haproxy.set(ctx, proxy, name, "drain");
          drained.set(name, address);
        }
        await haproxy.finished(ctx, proxy, ctx.old);
      }
    },
    postSwap(ctx) {
      if (ctx.old) leaving.delete(ctx.old.id);
    },
    async afterDeploy(ctx) {
      leaving.clear();
      for (const proxy of await proxiesOf(ctx, options)) {
        await until(longestNoticeMs, ctx.signal, () => tidy(ctx, proxy));
        for (const name of drained.keys()) await haproxy.set(ctx, proxy, name, "ready");
      }
    },
  };

  /** When an update is taken back, the replicas that come back have passed no gate of this module. */
  async function others(ctx: OldReplicaContext, proxy: Running): Promise<void> {
    const staying = (await runningOf(ctx, ctx.service)).filter(({ id }) => !leaving.has(id));
    if (staying.length === 0) return;
    await until(longestNoticeMs, ctx.signal, async () => {
      await tidy(ctx, proxy);
      const servers = await haproxy.servers(ctx, proxy);
      return staying.some((one) => of(servers, one).some((own) => own.isUp && !own.isDrained));
    });
  }
});

/** The servers that are a container. */
function of(servers: Server[], { addresses }: Pick<Container, "addresses">): Server[] {
  return servers.filter(({ address }) => Object.values(addresses).includes(address));
}

/** Speaks the runtime API, as HAProxy's Management Guide has it (9.3, Unix Socket commands). */
class HAProxy {
  private readonly options: Options;

  // No parameter property, as that is no mere type.
  constructor(options: Options) {
    this.options = options;
  }

  async servers(ctx: DeployContext, proxy: Running): Promise<Server[]> {
    const answer = await this.ask(ctx, proxy, "show servers state;show stat");
    const current = new Map(
      table(answer, "# pxname", ",").map((row) => [
        `${row.get("pxname")}/${row.get("svname")}`,
        Number(row.get("scur")),
      ]),
    );
    return table(answer, "# be_id", " ").map((row) => {
      const name = `${row.get("be_name")}/${row.get("srv_name")}`;
      const [state, admin] = [Number(row.get("srv_op_state")), Number(row.get("srv_admin_state"))];
      return {
        name,
        // 32: the name does not lead there any more.
        address: (admin & 0x20) !== 0 ? "" : row.get("srv_addr")!,
        isUp: state === 1 || state === 2, // starting, by `slowstart`, or running
        isDrained: (admin & 0x18) !== 0, // 8: by this API, 16: because another one is
        current: current.get(name) ?? 0,
      };
    }).filter(({ name }) => {
      const { backend } = this.options;
      return backend === undefined || name.startsWith(`${backend}/`);
    });
  }

  async set(ctx: DeployContext, proxy: Running, name: string, state: "drain" | "ready") {
    const said = (await this.ask(ctx, proxy, `set server ${name} state ${state}`)).trim();
    if (said) throw new Error(`${proxy.name} does not set ${name} to ${state}: ${said}`);
  }

  /** Waits until all answers of a replica are there. */
  async finished(ctx: DeployContext, proxy: Running, replica: Container): Promise<void> {
    const { drainMs = 10_000 } = this.options;
    let before = 1;
    const isOver = await until(drainMs, ctx.signal, async () => {
      const servers = of(await this.servers(ctx, proxy), replica);
      const now = servers.reduce((sum, { current }) => sum + current, 0);
      const isQuiet = now + before === 0; // Twice, as one may have been on its way.
      before = now;
      return isQuiet;
    });
    if (isOver) return;
    ctx.log(`${proxy.name} still waits for ${replica.name} after ${drainMs / 1000} s`);
  }

  private async ask(ctx: DeployContext, proxy: Running, command: string): Promise<string> {
    const { socket = "127.0.0.1:9999" } = this.options;
    const argv = ["sh", "-c", socket.startsWith("/") ? byPath : byPort, "sh", command];
    const at = socket.lastIndexOf(":");
    const place = socket.startsWith("/") ? [socket] : [socket.slice(0, at), socket.slice(at + 1)];
    const { code, stdout, stderr } = await execIn(ctx, proxy, [...argv, ...place], true);
    if (code === 0 && /Permission denied/.test(stdout)) {
      throw new Error(`the socket ${socket} of ${proxy.name} needs "level admin"`);
    }
    if (code === 0 && (stdout || command.startsWith("set "))) return stdout;
    const reason = stderr.trim().split("\n").at(-1) || "no answer";
    throw new Error(`the runtime API of ${proxy.name} does not answer at ${socket}: ${reason}`);
  }
}

const byPath = `printf '%s\\n' "$1" | socat -t 5 - "UNIX-CONNECT:$2"`;

/** By what there is: the images of HAProxy have bash, or a small nc. */
const byPort = `if command -v socat >/dev/null; then
  printf '%s\\n' "$1" | socat -t 5 - "TCP:$2:$3"
elif command -v nc >/dev/null; then
  printf '%s\\n' "$1" | nc "$2" "$3"
else
  exec bash -c 'exec 3<>"/dev/tcp/$1/$2" && printf "%s\\n" "$0" >&3 && cat <&3' "$1" "$2" "$3"
fi`;

/** Rows of a table that begins with this text, up to an empty line, by the names of its columns. */
function table(text: string, head: string, separator: string): Map<string, string>[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(head));
  if (start < 0) return [];
  const names = lines[start].replace(/^# /, "").split(separator);
  const length = lines.slice(start + 1).findIndex((line) => line.trim() === "");
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).map((line) =>
    new Map(line.split(separator).map((value, i) => [names[i], value]))
  );
}
