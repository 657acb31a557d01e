/**
 * `kerek:nginx`: for the time of a deploy, writes the addresses of the replicas that serve into a
 * file of nginx's and reloads it gracefully. An old replica is stopped only when nginx has nothing
 * left to ask of it.
 *
 * nginx's configuration has to have, in `http`, before and after a deploy the truth of Docker's DNS,
 * and in between what this module writes:
 *
 * ```nginx
 * resolver 127.0.0.11 valid=1s ipv6=off;
 * map "" $app { default app:8080; }
 * include /etc/nginx/kerek/*.conf;
 * ```
 *
 * and `proxy_pass http://$app;` where requests are for the service `app`.
 *
 * Options, all of which have defaults:
 *
 * - `proxy` (`nginx`): nginx's service; or `container`, the name of its container, if it is of another
 *   project
 * - `port` (80): the port of the replicas
 * - `variable`: the variable's name without `$`; without it, the name of the service, with `_` for `-`
 * - `folder` (`/etc/nginx/kerek`): where the file goes, in nginx's container
 * - `drainMs` (10000): how long requests that nginx has begun at an old replica may take
 */
import { defineHooks, type DeployContext } from "kerek";
import { execIn, type ProxyOptions, type Running } from "./lib/containers.ts";
import { checkNames, checkNumbers, checkTexts, longestMs } from "./lib/options.ts";
import { pinning } from "./lib/pin.ts";
import { until } from "./lib/until.ts";

interface Options extends ProxyOptions {
  port?: number;
  variable?: string;
  folder?: string;
  drainMs?: number;
}

export default defineHooks((given: Options | undefined) => {
  const options = given ?? {};
  checkNames(options, ["proxy", "container", "port", "variable", "folder", "drainMs"]);
  checkTexts(options, ["proxy", "container", "variable", "folder"]);
  checkNumbers(options, { port: [1, 65_535], drainMs: [0, longestMs] });
  const { proxy = "nginx", port = 80, folder = "/etc/nginx/kerek", variable } = options;
  return pinning({ ...options, proxy }, {
    async point(ctx, nginx, service, addresses) {
      const file = `${folder}/${ctx.project}.${service}.conf`;
      const name = variable ?? service.replace(/[^A-Za-z0-9_]/g, "_");
      await configure(ctx, nginx, file, fileOf(name, addresses.map((own) => `${own}:${port}`)));
    },
    async release(ctx, nginx) {
      const argv = ["sh", "-c", removal, "sh", folder, ctx.project];
      const { stdout } = await execIn(ctx, nginx, argv);
      if (stdout) await reload(ctx, nginx);
    },
  });
});

/** Removes what was written for a project, and says what; project names have no dots. */
const removal = `for file in "$1"/"$2".*.conf; do
  if [ -f "$file" ]; then rm -- "$file" && echo "$file"; fi
done`;

function fileOf(variable: string, servers: string[]): string {
  return [
    "# Written by kerek for the time of a deploy, at whose end it is removed.",
    `upstream kerek_${variable} {`,
    ...servers.map((server) => `    server ${server};`),
    "}",
    `map "" $${variable} { default kerek_${variable}; }`,
    "",
  ].join("\n");
}

/** Lets nginx go by another content of the file; if it will not have that, by the one before. */
async function configure(
  ctx: DeployContext,
  nginx: Running,
  file: string,
  content: string,
): Promise<void> {
  const { stdout: before } = await execIn(ctx, nginx, ["cat", file], true);
  if (before === content) return;
  await write(ctx, nginx, file, content);
  const { code, stdout, stderr } = await execIn(ctx, nginx, ["nginx", "-T"], true);
  const wrong = code !== 0
    ? stderr.trim().split("\n").slice(-2).join("; ")
    : stdout.includes(`# configuration file ${file}:`)
    ? undefined
    : `its configuration does not include ${file}`;
  if (wrong !== undefined) {
    await write(ctx, nginx, file, before);
    throw new Error(`${nginx.name} cannot be told: ${wrong}`);
  }
  await reload(ctx, nginx);
}

/** No content is no file. */
async function write(
  ctx: DeployContext,
  nginx: Running,
  file: string,
  content: string,
): Promise<void> {
  const script = content ? `mkdir -p "$(dirname "$1")" && printf %s "$2" >"$1"` : `rm -f -- "$1"`;
  await execIn(ctx, nginx, ["sh", "-c", script, "sh", file, content]);
}

/** A reload only asks for one; it is done when no worker of before takes connections any more. */
async function reload(ctx: DeployContext, nginx: Running): Promise<void> {
  const before = await workers(ctx, nginx);
  await execIn(ctx, nginx, ["nginx", "-s", "reload"]);
  const isDone = await until(5_000, ctx.signal, async () => {
    const now = await workers(ctx, nginx);
    return now.length > 0 && !now.some((worker) => before.includes(worker));
  });
  if (!isDone) throw new Error(`${nginx.name} does not take its new configuration; see its log`);
}

/** The worker processes that take connections. Not each image has `ps`. */
async function workers(ctx: DeployContext, nginx: Running): Promise<string[]> {
  const script = `for file in /proc/[0-9]*/cmdline; do
  title=$(tr '\\0' ' ' <"$file" 2>/dev/null) || continue
  case $title in
  "nginx: worker process is shutting down"*) ;;
  "nginx: worker process"*) echo "$file" ;;
  esac
done`;
  const { stdout } = await execIn(ctx, nginx, ["sh", "-c", script]);
  return stdout.split("\n").filter((line) => line);
}
