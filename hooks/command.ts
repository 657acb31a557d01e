/**
 * `kerek:command`: runs commands at the moments that its options name, for example:
 *
 * ```yaml
 * module: kerek:command
 * options:
 *   healthGate: [./smoke-test.sh]
 *   postSwap: [logger, a replica was replaced]
 *   cwd: /srv
 * ```
 *
 * A command is a list of words and runs on this machine, without a shell, in the folder `cwd`
 * (default: the current one). It finds in its environment KEREK_MOMENT and KEREK_PROJECT and, as far
 * as there are such, KEREK_SERVICE, KEREK_REPLICA, KEREK_NEW and KEREK_OLD (ids of containers) and
 * KEREK_OUTCOME. With `in: new` or `in: old` it runs in that container instead, without these.
 *
 * One that does not end with exit code 0 has failed.
 */
import { type Container, defineHooks, type Hooks } from "kerek";

const moments = [
  "beforeDeploy",
  "preSwap",
  "healthGate",
  "beforeStop",
  "postSwap",
  "onFailure",
  "afterDeploy",
] as const;

type Moment = typeof moments[number];

type Options = { [M in Moment]?: string[] } & { cwd?: string; in?: "new" | "old" };

/** What of the contexts of all moments matters here. */
interface Context {
  project: string;
  service?: string;
  replica?: number;
  old?: Container;
  new?: Container;
  outcome?: string;
  signal: AbortSignal;
  log(...values: unknown[]): void;
  exec(container: Container, argv: string[]): Promise<{ stdout: string; stderr: string }>;
}

export default defineHooks((options: Options | undefined) => {
  const known: string[] = [...moments, "cwd", "in"];
  const unknown = Object.keys(options ?? {}).find((key) => !known.includes(key));
  if (unknown) throw new Error(`unknown option ${unknown}; known are ${known.join(", ")}`);
  const hooks = moments.flatMap((moment) => {
    const command = options?.[moment];
    if (command === undefined) return [];
    if (!isCommand(command)) throw new Error(`option ${moment} is not a list of words`);
    return [[moment, (ctx: Context) => run(moment, command, options!, ctx)]];
  });
  if (hooks.length === 0) {
    throw new Error(`no option names a command; there are ${moments.join(", ")}`);
  }
  return Object.fromEntries(hooks) as Hooks;
});

const isCommand = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string");

async function run(moment: Moment, argv: string[], options: Options, ctx: Context): Promise<void> {
  const said = options.in === undefined
    ? await runHere(moment, argv, options, ctx)
    : await runIn(ctx[options.in], argv, ctx);
  if (said.trim()) ctx.log(said.trimEnd());
}

async function runIn(
  container: Container | undefined,
  argv: string[],
  ctx: Context,
): Promise<string> {
  if (!container) return "";
  const { stdout, stderr } = await ctx.exec(container, argv);
  return stdout + stderr;
}

async function runHere(
  moment: Moment,
  [program, ...args]: string[],
  { cwd }: Options,
  ctx: Context,
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env: variables(moment, ctx),
    stdin: "null",
    signal: ctx.signal,
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (code === 0) return said;
  if (said.trim()) ctx.log(said.trimEnd());
  throw new Error(`${program} ended with exit code ${code}`);
}

function variables(moment: Moment, ctx: Context): Record<string, string> {
  const all = {
    KEREK_MOMENT: moment,
    KEREK_PROJECT: ctx.project,
    KEREK_SERVICE: ctx.service,
    KEREK_REPLICA: ctx.replica,
    KEREK_NEW: ctx.new?.id,
    KEREK_OLD: ctx.old?.id,
    KEREK_OUTCOME: ctx.outcome,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, x]) => x !== undefined).map(([name, x]) => [name, String(x)]),
  );
}
