/**
 * `kerek:migrate`: runs a one-shot service of the Compose file, such as one that migrates a database,
 * before the first replica of the service that has this hook is replaced, and once in a deploy. If it
 * fails, no new replica is started, and the old ones serve on.
 *
 * ```yaml
 * services:
 *   web:
 *     depends_on: [db] # So that it is there at the first deploy.
 *     x-kerek:
 *       hooks:
 *         - module: kerek:migrate
 *           options: { service: migrate }
 *           timeout: 10m # Of the migration, too; 1m without it.
 *   migrate:
 *     image: ${WEB_IMAGE}
 *     command: [./migrate]
 *     profiles: [tools] # So that it is no service of its own.
 * ```
 *
 * `kerek rollback` does not run it: an older release's migrations know nothing of a newer database.
 *
 * It runs as `docker compose run --rm --no-deps` would, with the files and variables of the deploy;
 * what it prints is logged when it has ended.
 *
 * Options: `service`, which is needed; `command`, a list of words in place of the service's own.
 */
import { defineHooks, type NewReplicaContext } from "kerek";
import { checkCommand, checkNames, checkTexts } from "./lib/options.ts";

interface Options {
  service?: string;
  command?: string[];
}

export default defineHooks((options: Options | undefined) => {
  checkNames(options ?? {}, ["service", "command"]);
  checkTexts(options ?? {}, ["service"]);
  checkCommand(options ?? {}, "command");
  const { service, command = [] } = options ?? {};
  if (service === undefined) throw new Error("option service is missing");
  let outcome: Promise<void> | undefined;
  return {
    async preSwap(ctx) {
      // Another replica waits for the same outcome.
      await (outcome ??= ctx.isRollback ? skip(ctx, service) : migrate(ctx, service, command));
    },
  };
});

function skip(ctx: NewReplicaContext, service: string): Promise<void> {
  ctx.log(`${service} is not run, as this is a rollback`);
  return Promise.resolve();
}

async function migrate(
  ctx: NewReplicaContext,
  service: string,
  command: string[],
): Promise<void> {
  const name = `${ctx.project}-${service}-${crypto.randomUUID().slice(0, 8)}`;
  // It would go on without its client, which is all that ends with the call.
  ctx.signal.addEventListener("abort", () => {
    ctx.engine(["rm", "--force", "--volumes", name], { noThrow: true }).catch(() => {});
  });
  const run = ["run", "--rm", "--no-deps", "--no-TTY", "--name", name, "--", service, ...command];
  const { code, stdout, stderr } = await ctx.compose(run, { noThrow: true });
  const said = (stdout + stderr).trimEnd();
  if (said) ctx.log(said);
  if (code !== 0) throw new Error(`${service} ended with exit code ${code}`);
}
