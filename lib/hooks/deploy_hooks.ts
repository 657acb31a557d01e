import type { ProgramPorts } from "../engine/open_programs.ts";
import type { Programs } from "../engine/programs.ts";
import type { DeployEvent } from "../execute/events.ts";
import type { Clock, HookFacts, Hooks } from "../execute/ports.ts";
import type { DeployOptions } from "../options.ts";
import type { Hook, HookAnswer, HookSpec } from "../plan/hooks.ts";
import type { Plan } from "../plan/model.ts";
import type { HookHost } from "./hook_host.ts";

/** What the hooks of a deploy need of it. */
interface DeployHookPorts extends Pick<ProgramPorts, "surroundings"> {
  clock: Clock;
  emit(event: DeployEvent): void;
  signal: AbortSignal;
}

/** The hooks of a deploy. What runs them is loaded when there are any, as most deploys have none. */
export class DeployHooks implements Hooks {
  private host?: HookHost;

  constructor(private readonly options: DeployOptions, private readonly ports: DeployHookPorts) {}

  /** Loads hook modules, if they are not yet, see {@linkcode HookHost.load}. */
  readonly load = async (
    specs: HookSpec[],
    project: string,
    programs: Programs,
  ): Promise<Hook[]> => {
    this.host ??= await this.makeHost(project, programs);
    return await this.host.load(specs);
  };

  /** Takes what is to be done, see {@linkcode HookHost.prepare}. */
  async prepare(plan: Plan): Promise<void> {
    await this.host?.prepare(plan);
  }

  async call(hook: Hook, facts: HookFacts, signal: AbortSignal): Promise<HookAnswer> {
    return await this.host!.call(hook, facts, signal);
  }

  async close(): Promise<void> {
    await this.host?.close();
  }

  private async makeHost(project: string, programs: Programs): Promise<HookHost> {
    const [{ HookHost }, { projectDirectory }] = await Promise.all([
      import("./hook_host.ts"),
      import("../engine/project_directory.ts"),
    ]);
    const { surroundings, emit, clock, signal } = this.ports;
    const cwd = Deno.cwd();
    const folders = {
      project: projectDirectory(this.options.compose, { ...surroundings, cwd }),
      cwd,
    };
    const log = (module: string, text: string) =>
      emit({ type: "hook-log", at: clock.now(), module, text });
    return new HookHost({ project, programs, folders, log, signal });
  }
}
