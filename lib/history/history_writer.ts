import { KerekError } from "../errors.ts";
import type { DeployEvent } from "../execute/events.ts";
import type { Execution } from "../execute/execute.ts";
import type { Clock } from "../execute/ports.ts";
import type { Planned } from "../plan_deploy.ts";
import { discardPrepared } from "./discard_prepared.ts";
import { type Deploying, isWorthKeeping } from "./finished.ts";
import type { Groundwork } from "./keep_entry.ts";
import { originOf } from "./origin.ts";

/** What a history is written with. */
export interface WriterPorts {
  clock: Clock;
  emit(event: DeployEvent): void;
}

/**
 * Writes a deploy into its project's history. The engine takes a while to make an entry, so it is
 * made while new replicas get ready, and gets its number and its name in the end.
 */
export class HistoryWriter {
  private readonly deploy: Omit<Deploying, "planned">;
  private begun?: { planned: Planned; groundwork: Promise<Groundwork> };

  constructor(
    deploy: Omit<Deploying, "planned" | "origin">,
    private readonly ports: WriterPorts,
  ) {
    const origin = originOf(deploy);
    origin.catch(() => {}); // Told of where it is needed.
    this.deploy = { ...deploy, origin };
  }

  /** Begins, when there is time for it; that it fails is told where it is needed. */
  begin(planned: Planned): void {
    if (this.begun) return;
    const deploying = { ...this.deploy, planned };
    const groundwork = import("./keep_entry.ts").then((own) => own.prepareEntry(deploying));
    groundwork.catch(() => {});
    this.begun = { planned, groundwork };
  }

  /** Adds the deploy if it is worth it; if that fails, the deploy is no worse for it. */
  async end(planned: Planned, execution: Execution, durationMs: number): Promise<void> {
    if (!isWorthKeeping(execution)) return;
    const { emit, clock } = this.ports;
    const finished = { ...this.deploy, planned, execution, durationMs };
    try {
      const { keepEntry, lookUp } = await import("./keep_entry.ts");
      const isBegun = this.begun?.planned === planned;
      const groundwork = isBegun ? await this.begun!.groundwork : await lookUp(finished);
      const entry = await keepEntry(finished, groundwork);
      if (groundwork.prepared && execution.outcome === "done") this.begun = undefined;
      emit({ type: "history", at: clock.now(), state: "kept", entry, text: "" });
    } catch (error) {
      const { message } = KerekError.from(error);
      emit({ type: "history", at: clock.now(), state: "not-kept", text: message });
    }
  }

  /** Leaves nothing behind of what was begun for nothing. */
  async close(): Promise<void> {
    if (!this.begun) return;
    const { planned: { programs, project }, groundwork } = this.begun;
    const { prepared } = await groundwork.catch(() => ({ prepared: undefined }));
    if (prepared) await discardPrepared(programs, project.name);
  }
}
