import * as z from "../deps/zod.ts";
import type { ExecSpec } from "../plan/model.ts";
import { once } from "./once.ts";
import { commandOf } from "./policy.ts";

/** One entry of `post_start` or `pre_stop`, as Compose's output has it. */
const entrySchema = () =>
  z.looseObject({
    command: z.union([z.string(), z.array(z.string())]),
    user: z.string().optional(),
    privileged: z.boolean().optional(),
    working_dir: z.string().optional(),
    environment: z.union([
      z.array(z.string()),
      z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    ]).nullish(),
  });

/** `post_start` or `pre_stop`, as Compose's output has it. */
export const lifecycleSchema = once(() => z.array(entrySchema()));

type LifecycleCommand = z.output<ReturnType<typeof lifecycleSchema>>[number];

/** `post_start` or `pre_stop` of a service (Compose Specification, Services). */
export function lifecycle(commands: LifecycleCommand[] | null = []): ExecSpec[] {
  return (commands ?? []).map((hook) => ({
    command: commandOf(hook.command),
    ...(hook.user ? { user: hook.user } : {}),
    ...(hook.privileged ? { privileged: true } : {}),
    ...(hook.working_dir ? { workingDir: hook.working_dir } : {}),
    ...(hook.environment ? { environment: variables(hook.environment) } : {}),
  }));
}

function variables(given: NonNullable<LifecycleCommand["environment"]>): Record<string, string> {
  const entries = Array.isArray(given)
    ? given.map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, null] : [line.slice(0, at), line.slice(at + 1)];
    })
    : Object.entries(given);
  // One without a value is for Compose to look up, which has found none.
  return Object.fromEntries(
    entries.filter(([, value]) => value !== null).map(([name, value]) => [name, String(value)]),
  );
}
