import { ExitCode } from "../errors.ts";
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
  /** What the history has to do with it; `entry` is the one that is meant. */
  | {
    type: "history";
    at: number;
    state: "going-back" | "kept" | "not-kept";
    entry?: number;
    /** When and by whom that entry was made, or why there is none. */
    text: string;
  }
  /** What Compose printed during a build or a pull. */
  | { type: "output"; at: number; text: string }
  /** What a hook logs. */
  | { type: "hook-log"; at: number; module: string; text: string }
  /** The user asked the deploy to stop; what is in hand is put in order. */
  | { type: "interrupted"; at: number }
  | { type: "recovering"; at: number; steps: Step[]; losses: string[] }
  /** A request of `--probe`, when it was answered or given up. */
  | {
    type: "request";
    at: number;
    durationMs: number;
    /** Status of the answer; absent: there was none. */
    status?: number;
    /** Why it counts as failed; absent: it does not. */
    failure?: string;
  }
  /** What came of all requests of `--probe`. */
  | { type: "probed"; at: number; url: string; sent: number; failed: number; firstFailure?: string }
  /** It could not begin; nothing was touched. `deploy()` throws it instead. */
  | {
    type: "error";
    at: number;
    message: string;
    hint?: string;
    details: string[];
    exitCode: number;
  }
  | {
    type: "finished";
    at: number;
    outcome: Outcome;
    services: ServiceOutcome[];
    plan: Plan;
    durationMs: number;
  };

/** The exit code of a deploy that ended so. */
export const exitCodes: Record<Outcome, ExitCode> = {
  done: ExitCode.done,
  nothing: ExitCode.done,
  untouched: ExitCode.untouched,
  restored: ExitCode.restored,
  "not-restored": ExitCode.notRestored,
  interrupted: ExitCode.interrupted,
};
