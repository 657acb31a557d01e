import * as argv from "./argv.ts";
import type { Programs } from "./programs.ts";
import type { Stream } from "./spawn.ts";

/** How often to look as long as the feed has not shown that it works, in milliseconds. */
const pollMs = 250;

/**
 * The engine's events of a project, as a means to be woken: what happened is found out by
 * looking, so that a lost or unknown event does no harm.
 */
export class EventFeed {
  private readonly sleepers = new Map<string, Set<() => void>>();
  private isAlive = false;
  private stream?: Stream;

  constructor(private readonly programs: Programs, private readonly project: string) {}

  /** Resolves at the container's next event, or when `signal` aborts. */
  next(id: string, signal: AbortSignal): Promise<void> {
    this.open();
    return new Promise((resolve) => {
      const own = this.sleepers.get(id) ?? new Set();
      this.sleepers.set(id, own);
      const wake = () => {
        clearTimeout(poll);
        own.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const poll = this.isAlive ? undefined : setTimeout(wake, pollMs);
      own.add(wake);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });
  }

  /** Starts to listen; what happens before is not seen. */
  open(): void {
    if (this.stream) return;
    const format = this.programs.clients.isPodman ? "json" : "{{json .}}";
    this.stream = this.programs.follow(
      argv.events(this.project, format),
      (line) => this.take(line),
    );
    const end = () => this.end();
    this.stream.ended.then(end, end);
  }

  async close(): Promise<void> {
    await this.stream?.end();
  }

  /** From now on, nobody would be woken who does not look by themselves. */
  private end(): void {
    this.isAlive = false;
    for (const own of this.sleepers.values()) for (const wake of [...own]) wake();
  }

  private take(line: string): void {
    this.isAlive = true;
    const { id, action } = parseEvent(line);
    // Each healthcheck is three events of its own, none of which changes the container, and
    // looking at containers is one for each of them with Podman's service.
    if (/^(exec|sync)/.test(action)) return;
    for (const wake of [...this.sleepers.get(id) ?? []]) wake();
  }
}

/** The container's id and what happened to it, in Docker's or in Podman's form. */
export function parseEvent(line: string): { id: string; action: string } {
  try {
    const event = JSON.parse(line);
    return {
      id: String(event.id ?? event.Actor?.ID ?? event.ID ?? ""),
      action: String(event.Action ?? event.status ?? event.Status ?? ""),
    };
  } catch {
    return { id: "", action: "" };
  }
}
