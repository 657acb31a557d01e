import { defaultHookTimeoutMs } from "./config/hook.ts";
import type { ComposeHooks } from "./engine/decode_project.ts";
import type { Hook, HookSpec } from "./plan/hooks.ts";
import type { DesiredService } from "./plan/model.ts";

/** Loads hook modules; the same one gives the same hook. */
export type LoadHooks = (specs: HookSpec[]) => Promise<Hook[]>;

/** Services with their hooks, and all hooks of a deploy. */
export interface Hooked {
  services: DesiredService[];
  hooks: Hook[];
}

/**
 * Loads the hook modules of services: each one's own, or else those of the top level, then those
 * of `--hook`. Where there are none, nothing is loaded.
 *
 * @throws {KerekError} if a module cannot be loaded.
 */
export async function withHooks(
  services: DesiredService[],
  settings: ComposeHooks | undefined,
  files: string[],
  load: LoadHooks,
): Promise<Hooked> {
  const { all, own } = namedHooks(services, settings, files);
  if (all.length === 0) return { services, hooks: [] };
  const hooks = new Map((await load(all)).map((hook, i) => [all[i], hook]));
  return {
    services: services.map((service, i) => ({
      ...service,
      hooks: unique(own[i].map((spec) => hooks.get(spec)!)),
    })),
    hooks: unique([...hooks.values()]),
  };
}

/** The hook modules that concern services: all, and those of each service. */
export function namedHooks(
  services: DesiredService[],
  settings: ComposeHooks | undefined,
  files: string[],
): { all: HookSpec[]; own: HookSpec[][] } {
  const flags = files.map((module): HookSpec => ({
    module,
    base: "cwd",
    options: undefined,
    timeoutMs: defaultHookTimeoutMs,
    place: "--hook",
  }));
  const own = services.map(({ name }) => [...settings?.services.get(name) ?? [], ...flags]);
  return { own, all: [...settings?.topLevel ?? [], ...own.flat()] };
}

const unique = (
  hooks: Hook[],
): Hook[] => [...new Map(hooks.map((hook) => [hook.index, hook])).values()];
