import type { Hooks } from "./ports.ts";
import type { DesiredService, Plan, PlanOptions, Replica } from "../plan/model.ts";
import { parseActual, parseDesired, printActual } from "../plan/testing/notation.ts";
import type { ServiceOutcome } from "../plan/summarize.ts";
import { planFor } from "../plan/testing/plan_for.ts";
import { eventRecord } from "../ui/event_record.ts";
import { recordSchema } from "../ui/event_schema.ts";
import { type Behaviour, healthy } from "./behaviour.ts";
import type { DeployEvent, Outcome } from "./events.ts";
import { execute } from "./execute.ts";
import { type Fault, MemoryEngine } from "./memory_engine.ts";
import { VirtualClock } from "./virtual_clock.ts";

/**
 * What containers of a version, such as `Xb`, do; others are healthy after a second. The function
 * gets which one of its version a container is: 1 for the first that a deploy creates, 0 for those
 * that are there before.
 */
export type Versions = Record<string, Behaviour | ((nth: number) => Behaviour)>;

/** What a deploy in memory meets, beside what should be. */
export interface Circumstances {
  options?: Partial<PlanOptions>;
  missingImages?: string[];
  faults?: Fault[];
  parallel?: number;
  hooks?: Hooks;
  /** Interrupts at the first event that this is true of; `index` counts events of steps from 0. */
  interruptAt?(event: DeployEvent, index: number): boolean;
}

/** A deploy in memory, all of it; services in the notation or as they are. */
export interface Simulation extends Circumstances {
  actual: string | Replica[];
  desired: string | DesiredService[];
  versions?: Versions;
}

/** What came of a deploy in memory. */
export interface Simulated {
  outcome: Outcome;
  services: ServiceOutcome[];
  plan: Plan;
  /** What is there at the end, in the notation. */
  containers: string;
  /** The same, with their ids: `given-…` of those that were there before. */
  replicas: Replica[];
  events: DeployEvent[];
  /** Calls that change something, in the order of their beginning. */
  calls: string[];
  /** How few served and how many ran at any time, by service. */
  leastServing: Record<string, number>;
  mostRunning: Record<string, number>;
  durationMs: number;
}

/** Plans and executes a deploy in memory. */
export function simulate({ actual, desired, versions, ...others }: Simulation): Promise<Simulated> {
  return new SimulatedHost(actual, versions).deploy(desired, others);
}

/** A host in memory that several deploys can follow one another on. */
export class SimulatedHost {
  readonly clock: VirtualClock = new VirtualClock();
  readonly engine: MemoryEngine;

  constructor(actual: string | Replica[], versions: Versions = {}) {
    const replicas = typeof actual === "string" ? parseActual(actual) : actual;
    this.engine = new MemoryEngine(this.clock, replicas, (version, nth) => {
      const behaviour = versions[version] ?? healthy();
      return typeof behaviour === "function" ? behaviour(nth) : behaviour;
    });
  }

  /** What is there, in the notation. */
  get containers(): string {
    return printActual(this.engine.replicas());
  }

  async deploy(
    desired: string | DesiredService[],
    circumstances: Circumstances = {},
  ): Promise<Simulated> {
    const { options, missingImages, faults, parallel, hooks, interruptAt } = circumstances;
    const { clock, engine } = this;
    const services = typeof desired === "string" ? parseDesired(desired) : desired;
    engine.prepare(services, faults);
    const plan = planFor(services, engine.replicas(), options, missingImages);

    const interruption = new AbortController();
    const events: DeployEvent[] = [];
    let index = 0;
    const emit = (event: DeployEvent) => {
      // Whatever a test is about, its events are to be as the schema says.
      recordSchema.parse(eventRecord(event));
      events.push(event);
      if ("step" in event && interruptAt?.(event, index++)) interruption.abort();
    };
    const startedAt = clock.now();
    emit({ type: "planned", at: startedAt, plan, dryRun: false });
    const { outcome, services: outcomes } = await execute(plan, {
      engine,
      hooks,
      clock,
      emit,
      signal: interruption.signal,
      parallel,
      noRollback: options?.noRollback,
    });
    const durationMs = clock.now() - startedAt;
    emit({ type: "finished", at: clock.now(), outcome, services: outcomes, plan, durationMs });
    const { containers } = this;
    return {
      outcome,
      services: outcomes,
      plan,
      containers,
      replicas: engine.replicas(),
      events,
      calls: [...engine.calls],
      durationMs,
      ...this.extremes(),
    };
  }

  private extremes(): Pick<Simulated, "leastServing" | "mostRunning"> {
    const leastServing: Record<string, number> = {};
    const mostRunning: Record<string, number> = {};
    for (const { service, serving, running } of this.engine.counts) {
      leastServing[service] = Math.min(leastServing[service] ?? Infinity, serving);
      mostRunning[service] = Math.max(mostRunning[service] ?? 0, running);
    }
    return { leastServing, mostRunning };
  }
}
