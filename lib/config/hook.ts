import * as z from "../deps/zod.ts";
import { denoPermissions, type HookPermissions, type HookSpec } from "../plan/hooks.ts";
import { formatDuration } from "./format_duration.ts";
import { once } from "./once.ts";
import { duration, flag, must, strict, wrong } from "./values.ts";

/** How long a hook may take at a moment where nothing is said, in milliseconds. */
export const defaultHookTimeoutMs = 60_000;

const moduleName = () => {
  const error = must("a path such as hooks.ts, or kerek:NAME");
  return z.string(error).min(1, error);
};

/** A kind of permission: all, or what is listed. */
const granted = () =>
  z.union([z.boolean(), z.array(z.string().min(1))], must("true, false or a list")).optional();

const permissions = () =>
  z.union([
    z.literal("none"),
    strict({
      ...Object.fromEntries(denoPermissions.map((kind) => [kind, granted()])),
      engine: flag().optional(),
    }),
  ], {
    error: ({ input }) =>
      wrong(
        input,
        `none or a mapping of ${[...denoPermissions, "engine"].join(", ")} to true or, save for ` +
          "engine, to a list",
      ),
  }).transform((given): HookPermissions => given === "none" ? {} : given);

const detailed = () =>
  strict({
    module: moduleName().describe("Path relative to the project directory, or kerek:NAME"),
    options: z.unknown().optional().describe("What the module gets as ctx.options"),
    timeout: duration.optional().describe(
      "How long a hook may take at a moment; one that has not ended then is ended, and counts as " +
        `failed. Default: ${formatDuration(defaultHookTimeoutMs)}`,
    ),
    permissions: permissions().optional().describe(
      "What the module may do, by Deno's kinds of permissions, and engine; what is not named it " +
        "may not. Only in a compiled kerek. Default: all that kerek may",
    ),
  }).meta({ id: "hook" });

/** `x-kerek.hooks`: a module, or several. */
export const hooksSchema = once(() => {
  const one = [moduleName(), detailed()] as const;
  return z.union(
    [...one, z.array(z.union(one, must(hookModule)))],
    must(`${hookModule}, or a list of such`),
  );
});

const hookModule = "a hook module, which is a path such as hooks.ts or a mapping with module, " +
  "options, timeout and permissions";

/**
 * `x-kerek.hooks`, with what holds where it is silent.
 *
 * @param place Where it stands.
 */
export function hookSpecs(
  hooks: z.output<ReturnType<typeof hooksSchema>> = [],
  place = "x-kerek.hooks",
): HookSpec[] {
  return [hooks].flat().map((hook, i) => {
    const { module, options, timeout, permissions }: Partial<Detailed> & { module: string } =
      typeof hook === "string" ? { module: hook } : hook;
    return {
      module,
      base: "project",
      options,
      timeoutMs: timeout ?? defaultHookTimeoutMs,
      ...(permissions ? { permissions } : {}),
      place: Array.isArray(hooks) ? `${place}[${i}]` : place,
    };
  });
}

type Detailed = z.output<ReturnType<typeof detailed>>;
