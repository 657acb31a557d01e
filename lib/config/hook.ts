import * as z from "../deps/zod.ts";
import type { HookSpec } from "../plan/hooks.ts";
import { formatDuration } from "./format_duration.ts";
import { once } from "./once.ts";
import { duration, strict, wrong } from "./values.ts";

/** How long a hook may take at a moment where nothing is said, in milliseconds. */
export const defaultHookTimeoutMs = 60_000;

const moduleName = () => z.string().min(1);

const detailed = () =>
  strict({
    module: moduleName().describe("Path relative to the project directory, or kerek:NAME"),
    options: z.unknown().optional().describe("What the module gets as ctx.options"),
    timeout: duration.optional().describe(
      "How long a hook may take at a moment; one that has not ended then is ended, and counts as " +
        `failed. Default: ${formatDuration(defaultHookTimeoutMs)}`,
    ),
  }).meta({ id: "hook" });

/** `x-kerek.hooks`: a module, or several. */
export const hooksSchema = once(() => {
  const one = [moduleName(), detailed()] as const;
  return z.union(
    [...one, z.array(z.union(one))],
    {
      error: ({ input }) =>
        wrong(
          input,
          "a hook module, which is a path such as hooks.ts or a mapping with module, options and " +
            "timeout, or a list of such",
        ),
    },
  );
});

/** `x-kerek.hooks`, with what holds where it is silent. */
export function hookSpecs(hooks: z.output<ReturnType<typeof hooksSchema>> = []): HookSpec[] {
  return [hooks].flat().map((hook) => {
    const { module, options, timeout } = typeof hook === "string"
      ? { module: hook, options: undefined, timeout: undefined }
      : hook;
    return { module, base: "project", options, timeoutMs: timeout ?? defaultHookTimeoutMs };
  });
}
