import { KerekError } from "../errors.ts";
import { isServing, isUp } from "../plan/diff.ts";
import type { ProbeResult } from "../plan/gates.ts";
import type { Creation, DesiredService, ExecSpec, Replica } from "../plan/model.ts";
import type { ContainerNetworks, Replug } from "../plan/networks.ts";
import { composeNumbers } from "../plan/numbers.ts";
import type { ContainerState } from "../plan/readiness.ts";
import type { Behaviour } from "./behaviour.ts";
import type { CreatedContainer, Engine } from "./ports.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** A call of the engine that goes wrong. */
export interface Fault {
  call: keyof Engine;
  /** Absent: of any service. */
  service?: string;
  /** Which of the calls that this fits fails, from 1 on; absent: all of them. */
  nth?: number;
  error?: Error;
  /** Whether it does its work all the same, as when only the answer is lost. Not for `create`. */
  late?: boolean;
}

/** How many of a service's containers serve and run from a moment on. */
export interface Count {
  at: number;
  service: string;
  serving: number;
  running: number;
}

interface Container extends Replica {
  behaviour: Behaviour;
  isStopping: boolean;
  exitCode: number;
  restarts: number;
  startedAt?: number;
  /** The last part of its address in the only network that there is; absent while it is down. */
  seat?: number;
  /** Calls off what was yet to become of it. */
  cancel(): void;
}

/** The network that all containers are in. */
const network = "net";

const addressOf = (seat: number) => `10.0.0.${seat}`;

/** How long every call takes that changes something, in milliseconds. */
const callMs = 10;

/** An engine in memory, whose containers live by a virtual clock and as their behaviours say. */
export class MemoryEngine implements Engine {
  /** Calls that change something, such as `start X-2`. */
  readonly calls: string[] = [];
  /** How the counts changed over time. */
  readonly counts: Count[] = [];
  private readonly containers = new Map<string, Container>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly services = new Map<string, DesiredService>();
  private faults: { fault: Fault; calls: number }[] = [];
  /** How many containers of each version were created. */
  private readonly created = new Map<string, number>();
  private ids = 0;

  /** @param behaviourOf What the nth container of a version does, from 1; 0 for given ones. */
  constructor(
    private readonly clock: VirtualClock,
    replicas: Replica[],
    private readonly behaviourOf: (version: string, nth: number) => Behaviour,
  ) {
    for (const replica of replicas) {
      const behaviour = behaviourOf(replica.service + replica.revision, 0);
      this.add({ ...replica, id: `given-${replica.id}` }, behaviour);
    }
  }

  /** What the Compose files say from now on, and which calls go wrong; forgets what was logged. */
  prepare(services: DesiredService[], faults: Fault[] = []): void {
    services.forEach((service) => this.services.set(service.name, service));
    this.faults = faults.map((fault) => ({ fault, calls: 0 }));
    this.calls.length = this.counts.length = 0;
    for (const name of this.names()) this.count(name);
  }

  /** The containers as they are, by service and number. */
  replicas(): Replica[] {
    return [...this.containers.values()].map((
      { id, name, number, composeNumber, service, revision, status, health, isHidden },
    ) => ({
      ...{ id, name, number, composeNumber, service, revision, status, health, isHidden },
      networks: [{ network, aliases: isHidden ? [] : [service] }],
    }))
      .sort((a, b) => a.service < b.service ? -1 : a.service > b.service ? 1 : a.number - b.number);
  }

  build(services: string[]): Promise<void> {
    return this.call("build", services.join(" "), services, () => {});
  }

  pull(services: string[]): Promise<void> {
    return this.call("pull", services.join(" "), services, () => {});
  }

  create(creations: Creation[]): Promise<CreatedContainer[]> {
    const services = creations.map((creation) => creation.service);
    const text = creations.map((x) => `${x.service} ${x.existing}+${x.missing}`).join(" ");
    return this.call("create", text, services, () => {
      creations.forEach((creation) => this.assertExisting(creation));
      return creations.flatMap(({ service, missing, numbers }) =>
        Array.from({ length: missing }, (_, i) => this.createOne(service, numbers?.[i]))
      );
    });
  }

  inject(id: string, service: string): Promise<void> {
    return this.call("inject", this.nameOf(id), [service], () => void this.get(id));
  }

  carry(from: string, to: string): Promise<string[]> {
    const text = `${this.nameOf(from)} to ${this.nameOf(to)}`;
    return this.call("carry", text, this.serviceOf(to), () => {
      if (isUp(this.get(from)) || isUp(this.get(to))) throw new KerekError("it is running");
      return this.get(from).anonymousVolumes ?? [];
    });
  }

  async networksOf(id: string): Promise<ContainerNetworks> {
    await this.fail("networksOf", this.serviceOf(id), false);
    const { service, seat, isHidden } = this.get(id);
    const taken = [...this.containers.values()].flatMap((x) => x.seat ?? []).map(addressOf);
    const place = {
      ...{ network, aliases: isHidden ? [] : [service], subnet: "10.0.0.0/24", taken },
      address: seat === undefined ? "" : addressOf(seat),
    };
    return { primary: network, places: [place] };
  }

  replug(id: string, { to: { aliases } }: Replug): Promise<void> {
    const container = this.get(id);
    // It leaves the network, whether or not it gets back into it.
    container.isHidden = true;
    this.changed(container);
    const text = `${this.nameOf(id)} ${aliases.join(" ") || "nameless"}`;
    return this.call("replug", text, this.serviceOf(id), () => {
      container.isHidden = aliases.length === 0;
      if (container.seat !== undefined) this.seat(container);
      this.changed(container);
    });
  }

  start(id: string): Promise<void> {
    return this.call("start", this.nameOf(id), this.serviceOf(id), () => {
      const container = this.get(id);
      if (isUp(container)) return;
      this.assertClaims(container);
      this.run(container);
    });
  }

  stop(id: string): Promise<void> {
    return this.call("stop", this.nameOf(id), this.serviceOf(id), async () => {
      const container = this.containers.get(id);
      if (!container || !isUp(container)) return;
      container.isStopping = true;
      this.changed(container);
      await this.clock.sleep(container.behaviour.stopMs);
      container.isStopping = false;
      if (isUp(container)) this.end(container, 0);
    });
  }

  async remove(id: string, { discard }: { discard: boolean }): Promise<string[]> {
    const name = `${this.nameOf(id)}${discard ? " (discard)" : ""}`;
    await this.call("remove", name, this.serviceOf(id), () => {
      const container = this.containers.get(id);
      if (!container) return;
      if (isUp(container) && !discard) throw new KerekError("it is running");
      container.cancel();
      this.containers.delete(id);
      this.changed(container);
    });
    return [];
  }

  exec(id: string, { command }: ExecSpec): Promise<void> {
    const text = `${command.join(" ")} in ${this.nameOf(id)}`;
    return this.call("exec", text, this.serviceOf(id), () => void this.get(id));
  }

  async probe(id: string): Promise<ProbeResult> {
    await this.fail("probe", this.serviceOf(id), false);
    const container = this.get(id);
    if (!isUp(container)) {
      throw new KerekError(`it ended with exit code ${container.exitCode}`);
    }
    const { startedAt = 0, behaviour: { passesAfterMs = 0 } } = container;
    const ok = this.clock.now() - startedAt >= passesAfterMs;
    return { ok, detail: ok ? "passed" : "not yet" };
  }

  recreate(service: string, beside: Creation[]): Promise<void> {
    const text = [service, ...beside.map((creation) => creation.service)].join(" ");
    return this.call("recreate", text, [service], () => {
      beside.forEach((creation) => this.assertExisting(creation));
      for (const old of this.of(service)) {
        old.cancel();
        this.containers.delete(old.id);
      }
      this.run(this.get(this.createOne(service).id));
    });
  }

  async containersOf(service: string): Promise<string[]> {
    await this.fail("containersOf", [service], false);
    return this.of(service).map((container) => container.id);
  }

  async inspect(id: string): Promise<ContainerState> {
    await this.fail("inspect", this.serviceOf(id), false);
    const { status, health, exitCode, restarts, startedAt, behaviour } = this.get(id);
    const restartable = behaviour.life.some(({ becomes }) => becomes === "restarted");
    return { status, health, exitCode, restarts, startedAt, restartable, error: "" };
  }

  async lastLines(id: string, count: number): Promise<string[]> {
    await this.fail("lastLines", this.serviceOf(id), false);
    return [`${this.get(id).name} says hello`, "and no more"].slice(-count);
  }

  async nextChange(id: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const own = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, own);
    await new Promise<void>((resolve) => {
      const wake = () => {
        own.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      own.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  /** Whatever is listening still; nothing should be when a deploy is over. */
  get listening(): number {
    return [...this.listeners.values()].reduce((sum, own) => sum + own.size, 0);
  }

  private async call<T>(
    kind: keyof Engine,
    text: string,
    services: string[],
    work: () => T | Promise<T>,
  ): Promise<T> {
    this.calls.push(`${kind} ${text}`);
    await this.clock.sleep(callMs);
    await this.fail(kind, services, false);
    const result = await work();
    await this.fail(kind, services, true);
    return result;
  }

  private async fail(call: keyof Engine, services: string[], late: boolean): Promise<void> {
    await Promise.resolve();
    for (const entry of this.faults) {
      const { fault } = entry;
      if (fault.call !== call || (fault.late ?? false) !== late) continue;
      if (fault.service !== undefined && !services.includes(fault.service)) continue;
      entry.calls++;
      if (fault.nth !== undefined && fault.nth !== entry.calls) continue;
      throw fault.error ?? new KerekError(`the engine did not ${call}`);
    }
  }

  private createOne(service: string, wanted?: number): CreatedContainer {
    const { revision, containerName } = this.services.get(service)!;
    const version = service + revision;
    const nth = (this.created.get(version) ?? 0) + 1;
    this.created.set(version, nth);
    const [composeNumber] = composeNumbers(this.of(service), 1);
    const number = wanted ?? composeNumber;
    if (this.of(service).some((other) => other.number === number)) {
      throw new Error(`there is a ${service}-${number}`);
    }
    const name = containerName ?? `test-${service}-${number}`;
    const id = `created-${++this.ids}`;
    const replica: Replica = {
      ...{ id, name, number, composeNumber, service, revision },
      status: "created",
    };
    this.add(replica, this.behaviourOf(version, nth));
    return { id, name, number: composeNumber, service };
  }

  private add(replica: Replica, behaviour: Behaviour): void {
    const container: Container = {
      ...replica,
      behaviour,
      isStopping: false,
      exitCode: 0,
      restarts: 0,
      cancel: () => {},
    };
    this.containers.set(replica.id, container);
    if (isUp(container)) this.seat(container);
    this.changed(container);
  }

  /** The lowest that is free, as Docker has it. */
  private seat(container: Container): void {
    container.seat = undefined;
    const taken = new Set([...this.containers.values()].map((other) => other.seat));
    container.seat = 1;
    while (taken.has(container.seat)) container.seat++;
  }

  private run(container: Container): void {
    container.status = "running";
    this.seat(container);
    container.health = container.behaviour.isChecked ? "starting" : undefined;
    container.startedAt = this.clock.now();
    const cancels = container.behaviour.life.map(({ afterMs, becomes }) =>
      this.clock.after(afterMs, () => this.become(container, becomes))
    );
    container.cancel = () => cancels.forEach((cancel) => cancel());
    this.changed(container);
  }

  private become(container: Container, state: Behaviour["life"][number]["becomes"]): void {
    if (typeof state === "object") return this.end(container, state.exitCode);
    if (state === "restarted") {
      container.restarts++;
      return this.run(container);
    }
    container.health = state;
    this.changed(container);
  }

  private end(container: Container, exitCode: number): void {
    container.cancel();
    Object.assign(container, { status: "exited", health: undefined, seat: undefined, exitCode });
    this.changed(container);
  }

  private changed({ id, service }: Container): void {
    this.count(service);
    for (const wake of [...this.listeners.get(id) ?? []]) wake();
  }

  private count(service: string): void {
    const own = this.of(service);
    const serving = own.filter((x) => isServing(x) && !x.isStopping).length;
    const running = own.filter(isUp).length;
    this.counts.push({ at: this.clock.now(), service, serving, running });
  }

  /** Only one running container can have a host port. */
  private assertClaims({ id, service }: Container): void {
    const [claim] = this.services.get(service)?.exclusiveClaims ?? [];
    const holder = claim && this.of(service).find((other) => other.id !== id && isUp(other));
    if (holder) throw new KerekError(`${claim.what} is held by ${holder.name}`);
  }

  private assertExisting({ service, existing }: Creation): void {
    const count = this.of(service).length;
    if (count !== existing) {
      throw new Error(`${service} has ${count} containers instead of ${existing}`);
    }
  }

  private get(id: string): Container {
    const container = this.containers.get(id);
    if (!container) throw new KerekError(`container ${id} is gone`);
    return container;
  }

  private of(service: string): Container[] {
    return [...this.containers.values()].filter((container) => container.service === service);
  }

  private names(): Set<string> {
    const existing = [...this.containers.values()].map((container) => container.service);
    return new Set([...this.services.keys(), ...existing]);
  }

  private serviceOf(id: string): string[] {
    const service = this.containers.get(id)?.service;
    return service === undefined ? [] : [service];
  }

  private nameOf(id: string): string {
    const container = this.containers.get(id);
    return container ? `${container.service}-${container.number}` : id;
  }
}
