import type { Clock } from "../execute/ports.ts";
import { KerekError } from "../errors.ts";

/** A connection to another machine. */
export interface Connection {
  /** Resolves when it has ended, with what `ssh` complained of. */
  ended: Promise<{ stderr: string }>;
  end(): Promise<void>;
}

/** What a {@linkcode LastingConnection} acts through. */
export interface LastingPorts {
  /** Makes a connection and says that it has begun to; resolves when calls can go through it. */
  connect(begun: (connection: Connection) => void): Promise<void>;
  /** Whether its `ssh` is there. */
  isOpen(): Promise<boolean>;
  /** Whether the engine answers through it. */
  isAnswering(): Promise<boolean>;
  clock: Clock;
  /** Takes a line on what goes worse than it could. */
  warn(text: string): void;
}

/** How long to try to make a broken connection again, in milliseconds. */
const longestMs = 60_000;

/** The pause between two tries. */
const pauseMs = 1_000;

/** How long it may take until it shows that an `ssh` has ended, in milliseconds. */
const settleMs = 500;

/** A connection to a machine that is made again when it breaks. */
export class LastingConnection {
  private count = 1;
  private isClosing = false;
  private hasGivenUp = false;
  private repairing?: Promise<void>;
  private readonly over = new AbortController();

  constructor(
    private readonly host: string,
    private connection: Connection,
    private readonly ports: LastingPorts,
  ) {
    this.watch();
  }

  /**
   * Waits while a connection that broke is made again, or until that is given up.
   *
   * @returns the how many-th connection it is.
   */
  async current(): Promise<number> {
    if (this.isClosing || this.hasGivenUp) return this.count;
    const { connection } = this;
    if (!this.repairing && await this.ports.isOpen()) return this.count;
    // The end of a process is noticed some time after its socket has gone. One that still runs is
    // of no use without it.
    if (!this.repairing) await connection.end();
    await this.repairing;
    return this.count;
  }

  /** The same after a call has failed, as a connection that breaks looks whole for a moment. */
  async check(): Promise<number> {
    if (this.isClosing || this.hasGivenUp) return this.count;
    if (!this.repairing && !await this.ports.isAnswering()) {
      await this.ports.clock.sleep(settleMs, this.over.signal);
    }
    return await this.current();
  }

  async close(): Promise<void> {
    this.isClosing = true;
    this.over.abort();
    await this.connection.end();
    await this.repairing;
  }

  private watch(): void {
    this.connection.ended.then(({ stderr }) => {
      if (!this.isClosing) this.repairing = this.repair(lastLine(stderr) || "ssh has ended");
    });
  }

  private async repair(reason: string): Promise<void> {
    const isMade = await this.makeAgain(reason);
    this.repairing = undefined;
    if (isMade) this.watch();
  }

  private async makeAgain(reason: string): Promise<boolean> {
    const { clock, warn } = this.ports;
    warn(`The SSH connection to ${this.host} has broken and is made again: ${reason}`);
    const until = clock.now() + longestMs;
    for (;;) {
      const failure = await this.connect();
      if (this.isClosing) return false;
      if (failure === undefined) break;
      if (clock.now() >= until) {
        this.hasGivenUp = true;
        warn(`The SSH connection to ${this.host} cannot be made again: ${failure}`);
        return false;
      }
      await clock.sleep(pauseMs, this.over.signal);
    }
    this.count++;
    warn(`The SSH connection to ${this.host} is open again`);
    return true;
  }

  /** @returns why it cannot be made, if so. */
  private async connect(): Promise<string | undefined> {
    try {
      await this.ports.connect((connection) => this.connection = connection);
      return undefined;
    } catch (error) {
      await this.connection.end();
      const { message, details } = KerekError.from(error);
      return [message, ...details.slice(-1)].join(": ");
    }
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)!.trim();
