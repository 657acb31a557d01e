import * as z from "../deps/zod.ts";
import { decode, parseJson } from "../engine/decode.ts";
import { parseEvent } from "../engine/event_feed.ts";
import type { Programs } from "../engine/programs.ts";
import type { Stream } from "../engine/spawn.ts";
import { KerekError } from "../errors.ts";
import * as argv from "./argv.ts";
import type { Holder } from "./holder.ts";
import type { Here } from "./here.ts";

const labels = {
  project: "kerek.lock",
  owner: "kerek.lock.owner",
  pid: "kerek.lock.pid",
  place: "kerek.lock.place",
  beats: "kerek.lock.beats",
};

const schema = z.array(z.looseObject({
  Id: z.string(),
  Created: z.string(),
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }),
  HostConfig: z.looseObject({
    RestartPolicy: z.looseObject({ MaximumRetryCount: z.number().optional() }).nullish(),
  }),
}));

/** The lock of a project on its engine; each call is one or two of the engine's client. */
export class LockStore {
  constructor(private readonly programs: Programs, readonly project: string) {}

  /** @returns the lock, or nothing if somebody has it. */
  async take(here: Here): Promise<{ id: string; image?: string } | undefined> {
    for (let tries = 1;; tries++) {
      const images = await this.programs.readEngine(argv.listImages());
      // The oldest, as the newest are entries of histories, which somebody may want to remove.
      const known = images.split("\n").findLast((line) => line);
      const imported = known ? undefined : await this.importEmpty();
      try {
        const made = argv.createLock(this.project, this.labelsFor(here), known ?? imported!);
        const id = (await this.programs.writeEngine(made)).trim().split("\n").at(-1)!;
        return { id, image: imported };
      } catch (error) {
        if (imported) await this.programs.tryEngine(argv.removeImage(imported));
        if (saysOneOf(error, /already in use/i)) return undefined;
        // The image may be gone in the meantime, as that of an old entry of a history.
        if (tries === 3 || !saysOneOf(error, /no such image|image not known/i)) throw error;
      }
    }
  }

  /** Who has it; nothing if nobody does. */
  async holder(): Promise<Holder | undefined> {
    const { code, stdout, stderr } = await this.programs.tryEngine(argv.inspectLock(this.project));
    if (code !== 0) {
      if (/no such container|no container with/i.test(stderr)) return undefined;
      throw new KerekError(`Cannot look at the lock of ${this.project}: ${stderr.trim()}`);
    }
    const [lock] = decode(schema, parseJson(stdout, "the lock"), "the lock");
    const of = lock.Config.Labels ?? {};
    if (of[labels.project] !== this.project) {
      throw new KerekError(
        `Cannot lock ${this.project}: container ${argv.lockName(this.project)} is not kerek's`,
        { hint: "Rename that container." },
      );
    }
    const beatS = lock.HostConfig.RestartPolicy?.MaximumRetryCount ?? 0;
    return {
      id: lock.Id,
      owner: of[labels.owner] ?? "somebody",
      pid: Number(of[labels.pid]),
      place: of[labels.place] ?? "",
      sinceMs: Date.parse(lock.Created),
      beatMs: of[labels.beats] === "yes" ? beatS * 1000 : undefined,
    };
  }

  /** Gives a sign of life. @returns whether the lock is still there. */
  async beat(id: string, ageMs: number): Promise<boolean> {
    if (!this.beats) return true;
    const { code, stderr } = await this.programs.tryEngine(
      argv.beat(id, Math.ceil(ageMs / 1000)),
    );
    // An engine that cannot be reached for a moment has not lost it.
    return code === 0 || !/no such container/i.test(stderr);
  }

  /** Calls back when the lock is removed, as far as the engine tells. */
  watch(id: string, onRemoved: () => void): Stream {
    const format = this.programs.clients.isPodman ? "json" : "{{json .}}";
    return this.programs.follow(argv.lockEvents(id, format), (line) => {
      if (/^(destroy|remove)$/.test(parseEvent(line).action)) onRemoved();
    });
  }

  /** @returns whether it was there, so that of several that break it one knows it did. */
  async remove({ id, image }: { id: string; image?: string }): Promise<boolean> {
    try {
      await this.programs.writeEngine(argv.removeLock(id));
      if (image) await this.programs.tryEngine(argv.removeImage(image));
      return true;
    } catch (error) {
      if (saysOneOf(error, /no such container|no container with|already in progress/i)) {
        return false;
      }
      throw error;
    }
  }

  /** The engine's time, in milliseconds since 1970. */
  async now(): Promise<number> {
    const { stdout } = await this.programs.tryEngine(argv.engineTime());
    const time = Date.parse(stdout.trim());
    return Number.isNaN(time) ? Date.now() : time;
  }

  private async importEmpty(): Promise<string> {
    const stdin = new Uint8Array(1024);
    return (await this.programs.writeEngine(argv.importEmpty(), { stdin })).trim();
  }

  private labelsFor(here: Here): Record<string, string> {
    return {
      [labels.project]: this.project,
      [labels.owner]: here.owner,
      [labels.pid]: String(here.pid),
      [labels.place]: here.place,
      [labels.beats]: this.beats ? "yes" : "no",
    };
  }

  /** Podman 4 has no restart policy to update. */
  private get beats(): boolean {
    return !this.programs.clients.engine[0].includes("podman");
  }
}

function saysOneOf(error: unknown, pattern: RegExp): boolean {
  const { message, details } = KerekError.from(error);
  return pattern.test([message, ...details].join("\n"));
}
