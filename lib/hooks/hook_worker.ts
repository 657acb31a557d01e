import { KerekError } from "../errors.ts";
import {
  denoPermissions,
  type HookAnswer,
  type HookPermissions,
  type Moment,
} from "../plan/hooks.ts";
import { ownModule } from "./embedded.ts";
import type { ContextData, FromWorker, ModuleCopy, Request, ToWorker } from "./protocol.ts";

/** What a hook module needs of the outside. */
export interface WorkerPorts {
  /** Does what a hook asks for; gives up when `signal` aborts. */
  answer(request: Request, signal: AbortSignal): Promise<unknown>;
  /** Takes a line that a hook logs. */
  log(text: string): void;
  /** Puts the user's own paths back into a text about code. */
  locate(text: string): string;
}

/** What a hook module is held to. */
export interface WorkerLimits {
  /** How long loading may take, in milliseconds. */
  loadMs: number;
  /** How long a call may take, in milliseconds. */
  callMs: number;
  /** How long a hook that is told to stop may clean up, in milliseconds. */
  graceMs: number;
  /** Absent: all that kerek may. */
  permissions?: HookPermissions;
}

/** What ends the wait for a hook. */
type Ending = Success | Failure;
type Success = Extract<FromWorker, { type: "loaded" | "done" }>;
type Failure = Extract<FromWorker, { type: "failed" }>;

/**
 * A hook module in its worker. One call at a time, each with a limit: a call that hangs, spins,
 * ends the worker or fails beside itself costs the module its worker, and the next call gets
 * another one, with the module loaded anew.
 */
export class HookWorker {
  private worker?: Worker;
  private turn: Promise<unknown> = Promise.resolve();
  private current?: { end(ending: Ending): void; signal: AbortSignal };

  constructor(
    private readonly module: string,
    private readonly copy: Promise<ModuleCopy>,
    private readonly options: unknown,
    private readonly limits: WorkerLimits,
    private readonly ports: WorkerPorts,
  ) {}

  /** Starts the worker ahead, which takes a moment that can be used otherwise. */
  start(): void {
    this.worker ??= this.spawn();
  }

  /** Loads the module. What its default export has, by kind; nothing if it has none. */
  async load(signal: AbortSignal): Promise<Record<string, string> | undefined> {
    return await this.inTurn(() => this.open(signal));
  }

  /** Calls one of the module's functions, once those before it have ended. */
  async call(moment: Moment, context: ContextData, signal: AbortSignal): Promise<HookAnswer> {
    return await this.inTurn(async () => {
      signal.throwIfAborted();
      if (!this.worker) await this.open(signal);
      const ended = await this.say({ type: "call", moment, context }, this.limits.callMs, signal);
      return ended.type === "done" ? ended.answer : undefined;
    });
  }

  /** Ends the worker, whatever it does. */
  close(): void {
    this.worker?.terminate();
    this.worker = undefined;
  }

  private async inTurn<T>(act: () => Promise<T>): Promise<T> {
    const own = this.turn.then(act);
    this.turn = own.catch(() => {});
    return await own;
  }

  private spawn(): Worker {
    const own = new Worker(ownModule("lib/hooks/worker"), {
      type: "module",
      name: this.module,
      ...denoOptions(this.limits.permissions),
    });
    own.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (this.worker === own) this.hear(data);
    };
    own.onerror = (event) => {
      event.preventDefault(); // Otherwise it would end kerek.
      if (this.worker === own) this.lose({ message: event.message, stack: "" });
    };
    return own;
  }

  private async open(signal: AbortSignal): Promise<Record<string, string> | undefined> {
    this.start();
    try {
      const ended = await this.say(
        { type: "load", copy: await this.copy, options: this.options },
        this.limits.loadMs,
        signal,
      );
      return ended.type === "loaded" ? ended.members : undefined;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private async say(message: ToWorker, ms: number, signal: AbortSignal): Promise<Success> {
    const ended = Promise.withResolvers<Ending>();
    const over = new AbortController();
    const timer = setTimeout(() => this.cut(tooLong(ms), ended), ms);
    const onAbort = () => this.cut("it was interrupted", ended);
    signal.addEventListener("abort", onAbort);
    this.current = { end: ended.resolve, signal: over.signal };
    this.post(message);
    try {
      const ending = await ended.promise;
      if (ending.type === "failed") throw failure(ending);
      return ending;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      over.abort();
      this.current = undefined;
      signal.throwIfAborted();
    }
  }

  /** Tells the hook that its time is over, and ends its worker if it does not heed that. */
  private cut(reason: string, { promise, resolve }: PromiseWithResolvers<Ending>): void {
    const ending: Ending = { type: "failed", message: reason, stack: "" };
    this.current = { ...this.current!, end: () => settle() };
    this.post({ type: "abort", reason });
    const settle = () => {
      clearTimeout(timer);
      resolve(ending);
    };
    const timer = setTimeout(() => {
      this.close();
      settle();
    }, this.limits.graceMs);
    promise.catch(() => {});
  }

  private hear(message: FromWorker): void {
    switch (message.type) {
      case "log":
        return this.ports.log(message.text);
      case "request":
        return void this.reply(message.id, message.request);
      case "lost":
        return this.lose(message);
      case "failed":
        return this.current?.end(this.located(message));
      default:
        return this.current?.end(message);
    }
  }

  private async reply(id: number, request: Request): Promise<void> {
    const own = this.worker;
    const send = (message: ToWorker) => own === this.worker && this.post(message);
    try {
      const signal = this.current?.signal ?? AbortSignal.abort();
      send({ type: "reply", id, value: await this.ports.answer(request, signal) });
    } catch (error) {
      send({ type: "reply", id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What fails between calls fails no call, but is told. */
  private lose(reason: { message: string; stack: string }): void {
    this.close();
    const ending = this.located(reason);
    if (this.current) this.current.end(ending);
    else this.ports.log(`warning, it failed between two calls: ${failure(ending).message}`);
  }

  private located({ message, stack }: { message: string; stack: string }): Failure {
    const { locate } = this.ports;
    return { type: "failed", message: locate(message), stack: locate(stack) };
  }

  private post(message: ToWorker): void {
    this.worker?.postMessage(message);
  }
}

/** Deno's own option, which ends all of a kerek that is not compiled for it: not to be there then. */
function denoOptions(permissions: HookPermissions | undefined): Partial<WorkerOptions> {
  if (!permissions) return {};
  const own = denoPermissions.map((kind) => [kind, permissions[kind] ?? false]);
  return { deno: { permissions: Object.fromEntries(own) } };
}

const tooLong = (ms: number): string => `it took more than ${ms / 1000} s`;

/** With the place in the module, where that is known and not in the message already. */
function failure({ message, stack }: Failure): KerekError {
  const place = /\((\/[^\s()]+:\d+:\d+)\)|at (\/\S+:\d+:\d+)/.exec(stack)?.slice(1).find((x) => x);
  const isKnown = place === undefined || message.includes(place);
  return new KerekError(isKnown ? message : `${message} (${place})`);
}
