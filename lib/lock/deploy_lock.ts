import type { Stream } from "../engine/spawn.ts";
import { ExitCode, KerekError } from "../errors.ts";
import type { Clock } from "../execute/ports.ts";
import type { Here } from "./here.ts";
import { beatEveryMs, type Holder, holderText, standing } from "./holder.ts";
import type { LockStore } from "./lock_store.ts";

/** What taking a lock acts through. */
export interface LockPorts {
  clock: Clock;
  here: Here;
  /** Aborts when the user asks to stop. */
  signal: AbortSignal;
  /** What it is taken for, as in `Cannot deploy shop`. */
  verb: string;
  /** Most seconds to wait for it. Default: 0 */
  timeoutS?: number;
  /** Takes whom it is waited for, and whose lock is taken over as they are dead. */
  say(state: "waiting" | "taken-over", holder: string): void;
}

/** How often one who waits looks again, in milliseconds. */
const lookEveryMs = 1_000;

/** A project's lock while this process has it. */
export class DeployLock {
  private readonly gone = new AbortController();
  private readonly takenAt = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly watch: Stream;
  private beating = Promise.resolve();

  private constructor(
    private readonly store: LockStore,
    private readonly lock: { id: string; image?: string },
    /** Whether another one had it before, who may have changed anything. */
    readonly hadToWait: boolean,
  ) {
    // Others see the beat on the engine, whose time no test's clock can run ahead.
    this.timer = setInterval(() => void (this.beating = this.beat()), beatEveryMs);
    // An event tells at once that it is gone; a beat does where no event came.
    this.watch = store.watch(lock.id, () => this.lose());
    this.watch.ended.catch(() => {});
  }

  /** Aborts when somebody else has broken the lock. */
  get lost(): AbortSignal {
    return this.gone.signal;
  }

  /**
   * Takes the lock of a project, or waits for it.
   *
   * @throws {KerekError} if another deploy has it until the end of the time.
   */
  static async take(store: LockStore, ports: LockPorts): Promise<DeployLock> {
    const { clock, here, signal, timeoutS = 0, say, verb } = ports;
    const until = clock.now() + timeoutS * 1000;
    let known: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      const lock = await store.take(here);
      if (lock) return new DeployLock(store, lock, known !== undefined);
      const holder = await store.holder();
      known ??= "";
      if (!holder) continue; // It was released in the meantime.
      if (standing(holder, await store.now(), here) !== "alive") {
        if (await store.remove(holder)) say("taken-over", holderText(holder));
        continue;
      }
      if (clock.now() >= until) throw held(verb, store.project, holder);
      if (known !== holder.id) say("waiting", holderText(holder));
      known = holder.id;
      await clock.sleep(Math.min(lookEveryMs, until - clock.now()), signal);
    }
  }

  /** Gives it back. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([this.beating, this.watch.end().catch(() => {})]);
    if (!this.gone.signal.aborted) await this.store.remove(this.lock);
  }

  private async beat(): Promise<void> {
    try {
      if (await this.store.beat(this.lock.id, performance.now() - this.takenAt)) return;
      this.lose();
    } catch {
      // A call that does not work is no proof that the lock is gone.
    }
  }

  private lose(): void {
    clearInterval(this.timer);
    this.gone.abort();
  }
}

/**
 * Removes the lock of a deploy that has died, if there is one: it may have been killed at its very
 * end, when there was nothing left to do but to give the lock back.
 */
export async function clearDeadLock(store: LockStore, here: Here): Promise<Holder | undefined> {
  const found = await findLock(store, here);
  if (!found || found.isAlive) return undefined;
  return await store.remove(found.holder) ? found.holder : undefined;
}

/** A lock that somebody has. */
export interface HeldLock {
  holder: Holder;
  /** Whether they are at work. */
  isAlive: boolean;
}

/** Who has the lock; nothing if nobody has. */
export async function findLock(store: LockStore, here: Here): Promise<HeldLock | undefined> {
  const holder = await store.holder();
  return holder && { holder, isAlive: standing(holder, await store.now(), here) === "alive" };
}

/** The error for a lock that somebody else has. */
export function held(verb: string, project: string, holder: Holder): KerekError {
  return new KerekError(
    `Cannot ${verb} ${project}: ${holderText(holder)} is deploying it`,
    {
      hint: "Wait for it with --lock-timeout SECONDS; `kerek unlock --force` breaks its lock.",
      exitCode: ExitCode.locked,
    },
  );
}
