import type { HookAnswer, Moment } from "../plan/hooks.ts";
import type { ServiceOutcome } from "../plan/summarize.ts";
import type { Outcome } from "../execute/events.ts";
import type { Container, FetchContainerOptions, PlanStep, RunOptions } from "./sdk.ts";

/** What is said between kerek and the worker that a hook module runs in: data that can be cloned. */

/** A context without its functions. */
export interface ContextData {
  project: string;
  cause: string;
  isRollback: boolean;
  options: unknown;
  folder: string;
  step: PlanStep;
  service?: string;
  replica?: number;
  old?: Container;
  new?: Container;
  outcome?: Outcome;
  services?: ServiceOutcome[];
}

/** A hook module as it can be loaded. */
export interface ModuleCopy {
  url: string;
  /** Whether it may use `ctx.$`, which takes a moment to load. */
  usesShell: boolean;
}

/** What kerek says. */
export type ToWorker =
  | { type: "load"; copy: ModuleCopy; options: unknown }
  | { type: "call"; moment: Moment; context: ContextData }
  | { type: "abort"; reason: string }
  | { type: "reply"; id: number; value?: unknown; error?: string };

/** What the worker says. */
export type FromWorker =
  /** What the default export has, by kind: `function`, `object` and so on. */
  | { type: "loaded"; members: Record<string, string> | undefined }
  | { type: "log"; text: string }
  | { type: "request"; id: number; request: Request }
  | { type: "done"; answer: HookAnswer }
  /** It is of no use any more: it wants to end, which would be silence, or failed beside a call. */
  | { type: "lost"; message: string; stack: string }
  | { type: "failed"; message: string; stack: string };

/** What a hook asks kerek to do. */
export type Request =
  | { kind: "exec"; container: string; argv: string[]; options: RunOptions }
  | { kind: "engine" | "compose"; argv: string[]; options: RunOptions }
  | { kind: "plan" }
  | {
    kind: "fetch";
    container: string;
    path: string;
    options: Omit<FetchContainerOptions, "container">;
  };

/** An answer by HTTP, as it crosses. */
export interface FetchedResponse {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
}
