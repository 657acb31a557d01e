import { realClock } from "../execute/clock.ts";
import type { Clock } from "../execute/ports.ts";
import type { InspectedContainer } from "./decode_containers.ts";

/** How often to look whether a check is due, in milliseconds. */
const lookEveryMs = 100;

/** How late a check may be before it counts as nobody's, in milliseconds. */
const slackMs = 500;

/** How long a check may take besides the time that it is given, in milliseconds. */
const longestMs = 5_000;

interface Known {
  lastCheck: string;
  /** When that was seen first. */
  sinceMs: number;
  intervalMs: number;
  timeoutMs: number;
}

/**
 * Runs healthchecks that are overdue: Podman leaves them to timers of systemd, and where that does
 * not run, nobody would. Where it does, none is overdue.
 */
export class OverdueChecks {
  private readonly known = new Map<string, Known>();

  /** @param run Runs a container's healthcheck once. */
  constructor(
    private readonly run: (id: string, signal: AbortSignal) => Promise<unknown>,
    private readonly clock: Clock = realClock,
  ) {}

  /** Takes note of when a container was checked last. */
  note({ replica: { id }, state, lastCheck }: InspectedContainer): void {
    if (state.status !== "running" || !state.health || !state.healthcheck) {
      this.known.delete(id);
      return;
    }
    if (this.known.get(id)?.lastCheck === lastCheck) return;
    const { intervalMs, timeoutMs } = state.healthcheck;
    this.known.set(id, { lastCheck, sinceMs: this.clock.now(), intervalMs, timeoutMs });
  }

  /** Resolves when the container's check was overdue and has been run, or when `signal` aborts. */
  async next(id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const known = this.known.get(id);
      if (known && this.clock.now() - known.sinceMs >= known.intervalMs + slackMs) {
        // Whatever comes of it, the next one is not due before its time.
        known.sinceMs = this.clock.now();
        const inTime = AbortSignal.timeout(known.timeoutMs + longestMs);
        await this.run(id, AbortSignal.any([signal, inTime]));
        return;
      }
      await this.clock.sleep(lookEveryMs, signal);
    }
  }
}
