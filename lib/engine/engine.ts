import { KerekError } from "../errors.ts";
import type { CreatedContainer, Engine, Patience } from "../execute/ports.ts";
import type { DeployOptions } from "../options.ts";
import type { Probe, ProbeResult } from "../plan/gates.ts";
import type { Creation, ExecSpec, Replica } from "../plan/model.ts";
import type { ContainerNetworks, Replug } from "../plan/networks.ts";
import { composeNumber } from "../plan/numbers.ts";
import * as argv from "./argv.ts";
import { type TriesOf, triesThrough } from "./command_tries.ts";
import { decodeContainers, type InspectedContainer } from "./decode_containers.ts";
import type { Project } from "./decode_project.ts";
import { EventFeed } from "./event_feed.ts";
import { injectFiles } from "./inject.ts";
import { networksOf } from "./networks.ts";
import { OverdueChecks } from "./overdue_checks.ts";
import { tryProbe } from "./probe.ts";
import type { Programs } from "./programs.ts";

/** What the real engine needs besides programs. */
export interface EngineSurroundings {
  env(name: string): string | undefined;
  /** Takes the output of builds and pulls as it comes. */
  onOutput(text: string): void;
}

/** The real engine: each call is one command of the engine's client or of Compose. */
export class CommandEngine implements Engine {
  private readonly feed: EventFeed;
  /** Absent where the engine itself sees to them. */
  private readonly checks?: OverdueChecks;
  /** Containers as they were when they were last probed. */
  private readonly probed = new Map<string, InspectedContainer>();
  private readonly tries: TriesOf;

  /** Volumes without a name whose content a successor has, by the container that had them. */
  private readonly carried = new Map<string, string[]>();

  constructor(
    private readonly programs: Programs,
    private readonly project: Project,
    private readonly options: DeployOptions,
    private readonly around: EngineSurroundings,
  ) {
    this.feed = new EventFeed(programs, project.name);
    this.tries = triesThrough(programs);
    if (!programs.clients.isPodman) return;
    this.checks = new OverdueChecks((id, signal) =>
      programs.tryEngine(argv.runHealthcheck(id), { signal })
    );
  }

  /** Begins to listen for events. */
  open(): void {
    this.feed.open();
  }

  /** Ends what runs beside. */
  async close(): Promise<void> {
    await this.feed.close();
  }

  async build(services: string[]): Promise<void> {
    await this.programs.writeCompose(argv.composeBuild(services), this.around.onOutput);
  }

  async pull(services: string[]): Promise<void> {
    await this.programs.writeCompose(
      argv.composePull(services, this.options),
      this.around.onOutput,
    );
  }

  async create(creations: Creation[]): Promise<CreatedContainer[]> {
    const before = await this.idsOf(creations);
    try {
      await this.whileUnpaused(creations, async () => {
        await this.programs.writeCompose(argv.composeCreate(creations));
      });
      const created = await this.inspectAll(difference(await this.idsOf(creations), before));
      assertCounts(creations, created);
      return await this.number(creations, created.map(({ replica }) => replica));
    } catch (error) {
      await this.discardStrays(creations, before);
      throw error;
    }
  }

  async inject(id: string, service: string): Promise<void> {
    const files = this.project.injections.get(service) ?? [];
    await injectFiles(this.programs, id, files, this.around.env);
  }

  async carry(from: string, to: string): Promise<string[]> {
    const [old, fresh] = await Promise.all([this.inspectOne(from), this.inspectOne(to)]);
    // Where the new version has a named volume, or the very same one, there is nothing to copy.
    const paths = [...old.volumes].filter(([path, volume]) =>
      fresh.volumes.has(path) && fresh.volumes.get(path) !== volume
    ).map(([path]) => path).sort();
    for (const path of paths) {
      const parent = path.slice(0, path.lastIndexOf("/")) || "/";
      await this.programs.pipeEngine(argv.copyOut(from, path), argv.copyInto(to, parent));
    }
    this.carried.set(from, paths.map((path) => old.volumes.get(path)!));
    return paths;
  }

  async networksOf(id: string): Promise<ContainerNetworks> {
    return await networksOf(this.programs, (await this.inspectOne(id)).attached);
  }

  async replug(id: string, { to, isConnected }: Replug): Promise<void> {
    const { attached } = await this.inspectOne(id);
    // In between, the container is in no network, so nothing else happens in between.
    if (isConnected) await this.programs.writeEngine(argv.disconnect(id, to.network));
    await this.programs.writeEngine(argv.connect(id, attached.composeName, to));
  }

  async start(id: string): Promise<void> {
    await this.programs.writeEngine(argv.start(id));
  }

  async stop(id: string): Promise<void> {
    await unlessGone(this.programs.writeEngine(argv.stop(id, this.options.timeoutS)));
  }

  async remove(id: string, options: { discard: boolean }): Promise<string[]> {
    await unlessGone(this.programs.writeEngine(argv.remove(id, options)));
    const copied = this.carried.get(id) ?? [];
    // Only what was copied in full goes; if something else uses it, the engine refuses.
    if (copied.length > 0) await this.programs.tryEngine(argv.removeVolumes(copied));
    return copied;
  }

  async exec(id: string, exec: ExecSpec, signal: AbortSignal): Promise<void> {
    const variables = argv.execVariables(exec, Deno.build.os !== "windows");
    const { file, named } = variables;
    try {
      await this.programs.execEngine(argv.execIn(id, exec, variables), {
        env: named,
        signal,
        ...(file ? { stdin: file } : {}),
      });
    } finally {
      signal.throwIfAborted();
    }
  }

  async probe(
    id: string,
    probe: Probe,
    signal: AbortSignal,
    patience: Patience,
  ): Promise<ProbeResult> {
    // Looking again goes beside the try, so that it does not put off the next one.
    const known = this.probed.get(id) ?? await this.inspectOne(id);
    const [result, now] = await Promise.all([
      tryProbe(this.programs, known, probe, { tries: this.tries, signal, patience }),
      this.inspectOne(id),
    ]);
    this.probed.set(id, now);
    const { status, exitCode } = now.state;
    if (!result.ok && (status === "exited" || status === "dead")) {
      throw new KerekError(`it ended with exit code ${exitCode}`);
    }
    return result;
  }

  async recreate(service: string, beside: Creation[]): Promise<void> {
    await this.programs.writeCompose(argv.composeRecreate(service, beside, this.options));
  }

  async containersOf(service: string, status?: "paused"): Promise<string[]> {
    const of = { project: this.project.name, service, status };
    const output = await this.programs.readEngine(argv.listContainers(of));
    return output.split("\n").filter((line) => line);
  }

  async inspect(id: string) {
    const container = await this.inspectOne(id);
    this.checks?.note(container);
    return container.state;
  }

  async lastLines(id: string, count: number): Promise<string[]> {
    const [{ stdout, stderr }, { healthOutput, state }] = await Promise.all([
      this.programs.tryEngine(argv.logs(id, count)),
      this.inspectOne(id),
    ]);
    const lines = (stdout + stderr).split("\n").map((line) => line.trimEnd())
      .filter((line) => line).slice(-count);
    if (state.health !== "healthy" && healthOutput) lines.push(`healthcheck: ${healthOutput}`);
    return lines;
  }

  async nextChange(id: string, signal: AbortSignal): Promise<void> {
    const changed = this.feed.next(id, signal);
    await Promise.race([changed, ...this.checks ? [this.checks.next(id, signal)] : []]);
  }

  /**
   * Gives new containers the numbers that they are to have. Their networks know them only once they
   * are started; to rename one that runs would take the service's name away for a moment.
   */
  private async number(creations: Creation[], created: Replica[]): Promise<Replica[]> {
    const wanted = new Map(creations.map(({ service, numbers = [] }) => [service, [...numbers]]));
    const inOrder = created.toSorted((a, b) => composeNumber(a) - composeNumber(b));
    const numbers = new Map(inOrder.map(({ id, service }) => [id, wanted.get(service)?.shift()]));
    return await Promise.all(created.map(async (replica) => {
      const number = numbers.get(replica.id);
      if (number === undefined) return replica;
      const name = replica.name.replace(/\d+$/, String(number));
      try {
        await this.programs.writeEngine(argv.rename(replica.id, name));
        return { ...replica, name };
      } catch {
        return replica; // Somebody else has the name; Compose's own one does as well.
      }
    }));
  }

  /** Compose, even when it is to start nothing, tries to start what is paused, and fails. */
  private async whileUnpaused(creations: Creation[], act: () => Promise<void>): Promise<void> {
    const lists = await Promise.all(creations.map((x) => this.containersOf(x.service, "paused")));
    const paused = lists.flat();
    if (paused.length > 0) await this.programs.writeEngine(argv.unpause(paused));
    try {
      await act();
    } finally {
      if (paused.length > 0) await this.programs.writeEngine(argv.pause(paused));
    }
  }

  /** Removes what a failed creation left. What runs was made, and started, by somebody else. */
  private async discardStrays(creations: Creation[], before: string[]): Promise<void> {
    const strays = await this.inspectAll(difference(await this.idsOf(creations), before));
    const idle = strays.filter(({ state }) => state.status === "created");
    await Promise.all(idle.map(({ replica }) => this.remove(replica.id, { discard: true })));
  }

  private async idsOf(creations: Creation[]): Promise<string[]> {
    const growing = creations.filter(({ missing }) => missing > 0);
    const lists = await Promise.all(growing.map((x) => this.containersOf(x.service)));
    return lists.flat();
  }

  private async inspectOne(id: string): Promise<InspectedContainer> {
    const [container] = await this.inspectAll([id]);
    if (!container) throw new KerekError(`container ${id.slice(0, 12)} is gone`);
    return container;
  }

  private async inspectAll(ids: string[]): Promise<InspectedContainer[]> {
    if (ids.length === 0) return [];
    return decodeContainers(await this.programs.readEngine(argv.inspectContainers(ids)));
  }
}

function difference(all: string[], known: string[]): string[] {
  const old = new Set(known);
  return all.filter((id) => !old.has(id));
}

/** Another program may work on the project at the same time; then no number can be trusted. */
function assertCounts(creations: Creation[], created: InspectedContainer[]): void {
  for (const { service, missing } of creations) {
    if (missing === 0) continue;
    const count = created.filter(({ replica }) => replica.service === service).length;
    if (count === missing) continue;
    throw new KerekError(
      `Compose created ${count} containers of ${service} instead of ${missing}`,
      {
        hint: "See that nothing else deploys this project at the same time, then try again.",
      },
    );
  }
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const { message } = KerekError.from(error);
    if (!/No such container|no container with|already in progress/i.test(message)) throw error;
  }
}
