import { setImmediate } from "node:timers";
import type { Clock } from "./ports.ts";

interface Timer {
  at: number;
  ring(): void;
}

/**
 * Time that passes only when it is waited for: as soon as nothing else can go on, it jumps to
 * where the next sleeper wakes or the next thing happens.
 */
export class VirtualClock implements Clock {
  private time = 0;
  private sleepers = 0;
  private isRunning = false;
  private readonly timers = new Set<Timer>();

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    this.sleepers++;
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel();
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = this.after(ms, wake);
      signal?.addEventListener("abort", wake);
      void this.run();
    });
    this.sleepers--;
  }

  /** Lets something happen in `ms`, which time goes on to only while anybody sleeps. */
  after(ms: number, ring: () => void): () => void {
    const timer = { at: this.time + ms, ring };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    while (true) {
      // By then, all that can go on without time has gone on.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (this.sleepers === 0) break;
      this.ringNext();
    }
    this.isRunning = false;
  }

  private ringNext(): void {
    let next: Timer | undefined;
    for (const timer of this.timers) if (!next || timer.at < next.at) next = timer;
    if (!next) return;
    this.timers.delete(next);
    this.time = Math.max(this.time, next.at);
    next.ring();
  }
}
