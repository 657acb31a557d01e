import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as argv from "../engine/argv.ts";
import type { Programs } from "../engine/programs.ts";
import { KerekError } from "../errors.ts";
import type { HookFacts, Hooks } from "../execute/ports.ts";
import { describe, phrase } from "../plan/describe.ts";
import {
  type Hook,
  type HookAnswer,
  type HookPermissions,
  type HookSpec,
  type Moment,
  moments,
} from "../plan/hooks.ts";
import type { Plan } from "../plan/model.ts";
import { nearest } from "../nearest.ts";
import { answerRequest } from "./answer_request.ts";
import { cannotLoad, copyModule } from "./copy_module.ts";
import { describeContainers } from "./describe_container.ts";
import { shippedHook } from "./embedded.ts";
import { HookWorker } from "./hook_worker.ts";
import type { ContextData } from "./protocol.ts";
import type { Container, PlanStep } from "./sdk.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import { shippedHooks } from "./shipped.ts";

const shipped = Object.keys(shippedHooks);

/** What hooks act through, and where they are. */
export interface HostOptions {
  project: string;
  programs: Programs;
  /** Folders that modules' paths are relative to. */
  folders: Record<HookSpec["base"], string>;
  /** Takes a line that a module logs. */
  log(module: string, text: string): void;
  /** Gives up loading. */
  signal: AbortSignal;
  /** How long loading a module may take, in milliseconds. Default: 30 seconds. */
  loadMs?: number;
  /** How long a hook that is told to stop may clean up, in milliseconds. Default: 1 second. */
  graceMs?: number;
}

/** A module that is loaded. */
interface Loaded {
  hook: Hook;
  worker: HookWorker;
  options: unknown;
  folder: string;
  /** Containers that its present call is about. */
  subjects: Set<string>;
}

/** Loads hook modules, each into a worker, and calls them. */
export class HookHost implements Hooks {
  private readonly loaded = new Map<string, Loaded>();
  /** Containers as they were when they were last seen, for what is told when they are gone. */
  private readonly known = new Map<string, Container>();
  private plan: PlanStep[] = [];
  private isRollback = false;
  private folder?: string;

  constructor(private readonly options: HostOptions) {}

  /**
   * Loads what is not loaded yet, and sees that each module is what a hook module has to be.
   *
   * @returns a hook for each of `specs`; the same one for what is the same.
   * @throws {KerekError} if a module is not there, cannot be loaded or is none.
   */
  async load(specs: HookSpec[]): Promise<Hook[]> {
    const hooks: Hook[] = [];
    for (const spec of specs) {
      const url = urlOf(spec, this.options.folders);
      const key = JSON.stringify([url.href, spec.options, spec.timeoutMs, spec.permissions]);
      const loaded = this.loaded.get(key) ?? await this.open(spec, url);
      this.loaded.set(key, loaded);
      hooks.push(loaded.hook);
    }
    return hooks;
  }

  /** Takes what is to be done, and looks at containers that may be gone when hooks are told of it. */
  async prepare(plan: Plan): Promise<void> {
    const steps = [...plan.steps, ...plan.afterwards ?? []];
    this.plan = steps.map(({ id, action }) => ({ id, text: phrase(describe(action)) }));
    const ids = steps.flatMap(({ action }) =>
      action.kind === "hook" && action.old?.kind === "known" ? [action.old.id] : []
    );
    this.isRollback = plan.purpose === "rollback";
    await this.look([...new Set(ids)]);
  }

  private async look(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const { stdout } = await this.options.programs.tryEngine(argv.inspectContainers(ids));
    for (const container of describeContainers(stdout || "[]")) {
      this.known.set(container.id, container);
    }
  }

  async call(hook: Hook, facts: HookFacts, signal: AbortSignal): Promise<HookAnswer> {
    const { worker, options, folder, subjects } = [...this.loaded.values()][hook.index];
    const { old, new: fresh, ...others } = facts;
    const ids = [old, fresh].flatMap((replica) => replica?.id ?? []);
    await this.look(ids);
    subjects.clear();
    ids.forEach((id) => subjects.add(id));
    const context: ContextData = {
      ...others,
      project: this.options.project,
      isRollback: this.isRollback,
      options,
      folder,
      replica: (fresh ?? old)?.number,
      old: old && this.known.get(old.id),
      new: fresh && this.known.get(fresh.id),
    };
    return await worker.call(facts.moment, context, signal);
  }

  /** Ends all modules, whatever they do. */
  async close(): Promise<void> {
    for (const { worker } of this.loaded.values()) worker.close();
    if (this.folder) await Deno.remove(this.folder, { recursive: true });
  }

  private async open(spec: HookSpec, url: URL): Promise<Loaded> {
    this.folder ??= await temporaryFolder("kerek-hooks-");
    const { module, timeoutMs } = spec;
    const permissions = spec.permissions && this.granted(spec.module, spec.permissions);
    const { signal, programs, log, loadMs = 30_000, graceMs = 1_000 } = this.options;
    const limits = { loadMs, graceMs, callMs: timeoutMs, permissions };
    const subjects = new Set<string>();
    const confinedTo = permissions && !permissions.engine ? subjects : undefined;
    // Modules with different options are called apart, so they share no state.
    const own = `${this.folder}/${this.loaded.size}`;
    const copy = copyModule(module, url, own);
    const worker = new HookWorker(module, copy, spec.options, limits, {
      answer: (request, signal) => {
        const describe = (id: string) => this.describe(id);
        const { plan } = this;
        return answerRequest(request, { programs, describe, plan, confinedTo }, signal);
      },
      log: (text) => log(module, text),
      locate: (text) => text.replaceAll(pathToFileURL(own).href, "").replaceAll(own, ""),
    });
    worker.start();
    try {
      const found = await this.momentsOf(module, worker, signal);
      const hook: Hook = { module, index: this.loaded.size, timeoutMs, moments: found };
      const folder = url.protocol === "file:" ? dirname(fileURLToPath(url)) : "";
      return { hook, worker, options: spec.options, folder, subjects };
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  private async momentsOf(
    module: string,
    worker: HookWorker,
    signal: AbortSignal,
  ): Promise<Moment[]> {
    try {
      return checked(module, await worker.load(signal));
    } catch (error) {
      if (!(error instanceof KerekError) || error.message.startsWith("Cannot ")) throw error;
      throw cannotLoad(module, error.message);
    }
  }

  /** Permissions whose paths do not depend on the current folder. */
  private granted(module: string, permissions: HookPermissions): HookPermissions {
    if (!Deno.build.standalone) {
      throw cannotLoad(module, "its permissions can only be narrowed in a compiled kerek", {
        hint: "Leave permissions out, or let Deno narrow those of kerek as a whole.",
      });
    }
    const rooted = (paths?: boolean | string[]) =>
      Array.isArray(paths)
        ? paths.map((path) => resolve(this.options.folders.project, path))
        : paths;
    return { ...permissions, read: rooted(permissions.read), write: rooted(permissions.write) };
  }

  private async describe(id: string): Promise<Container> {
    await this.look([id]);
    const container = this.known.get(id);
    if (!container) throw new KerekError(`container ${id.slice(0, 12)} is gone`);
    return container;
  }
}

function urlOf({ module, base }: HookSpec, folders: HostOptions["folders"]): URL {
  const name = /^kerek:(.*)$/.exec(module)?.[1];
  if (name === undefined) return pathToFileURL(resolve(folders[base], module));
  if (shipped.includes(name)) return new URL(shippedHook(name));
  const guess = nearest(name, shipped);
  throw cannotLoad(module, "kerek has no such module", {
    hint: guess ? `did you mean kerek:${guess}?` : `There are: ${shipped.join(", ") || "none"}`,
  });
}

/** The moments that a module has functions for. */
function checked(module: string, members: Record<string, string> | undefined): Moment[] {
  const example = { hint: "It should end with `export default defineHooks({ … })`." };
  if (members === undefined) throw cannotLoad(module, "it has no default export", example);
  const names = Object.keys(members);
  if (names.length === 0) throw cannotLoad(module, "its default export is empty", example);
  for (const name of names) {
    if (!(moments as readonly string[]).includes(name)) {
      const guess = nearest(name, [...moments]);
      const advice = guess ? `did you mean ${guess}?` : `known are ${moments.join(", ")}`;
      throw cannotLoad(module, `unknown hook ${name}; ${advice}`);
    }
    if (members[name] !== "function") {
      throw cannotLoad(module, `${name} is no function (${members[name]})`);
    }
  }
  return moments.filter((moment) => names.includes(moment));
}
