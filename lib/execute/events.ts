import type { Plan, Step } from "../plan/model.ts";
import type { ServiceOutcome } from "../plan/summarize.ts";

/** How a deploy ended. */
export type Outcome =
  /** All steps were done. */
  | "done"
  /** There was nothing to do. */
  | "nothing"
  /** It failed before anything that runs was touched. */
  | "untouched"
  /** It failed, and what was being replaced is as it was. */
  | "restored"
  /** It failed, and something could not be put back. */
  | "not-restored"
  /** The user stopped it; what was being replaced is as it was. */
  | "interrupted";

/** Which of the two plans a step belongs to. */
export type Phase = "deploy" | "recovery";

/** What happens in a deploy, in order; `at` is the clock's time in milliseconds. */
export type DeployEvent =
  | { type: "planned"; at: number; plan: Plan; dryRun: boolean }
  | { type: "step-started"; at: number; phase: Phase; step: Step }
  | {
    type: "step-done";
    at: number;
    phase: Phase;
    step: Step;
    durationMs: number;
    /** What came of it, such as `healthy`; empty if nothing needs saying. */
    detail: string;
  }
  | {
    type: "step-failed";
    at: number;
    phase: Phase;
    step: Step;
    durationMs: number;
    reason: string;
    hint?: string;
    /** Last lines of the container's output, oldest first. */
    lastLines: string[];
  }
  /** A wait that was given up because another step failed or the user interrupted. */
  | { type: "step-aborted"; at: number; phase: Phase; step: Step }
  /** What is known of the lock; `lost`: somebody else has broken it. */
  | { type: "lock"; at: number; state: "waiting" | "taken-over" | "lost"; holder: string }
  /** What Compose printed during a build or a pull. */
  | { type: "output"; at: number; text: string }
  /** What a hook logs. */
  | { type: "hook-log"; at: number; module: string; text: string }
  | { type: "recovering"; at: number; steps: Step[]; losses: string[] }
  | {
    type: "finished";
    at: number;
    outcome: Outcome;
    services: ServiceOutcome[];
    plan: Plan;
    durationMs: number;
  };
