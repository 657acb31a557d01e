import type { DeployEvent, Outcome } from "../../execute/events.ts";
import type { Lifetime } from "./lifetime.ts";
import { type Lifetimes, live, noLifetimes } from "./lifetimes.ts";
import { type Note, noteOf } from "./note.ts";

/** A request that was sent during a deploy. */
export type Request = Extract<DeployEvent, { type: "request" }>;

/** A deploy as it came to pass: all that is drawn of it. */
export interface Timeline {
  project: string;
  /** First and last moment, in milliseconds of the clock. */
  from: number;
  to: number;
  /** Services in which something changed. */
  services: { service: string; cause: string; replicas: Lifetime[] }[];
  /** Turns that it took, such as failures, in their order. */
  notes: Note[];
  requests: Request[];
  /** Absent if it ended before there was a plan. */
  outcome?: Outcome;
  /** How long it took, as its closing line says; what is drawn may last longer. */
  durationMs: number;
}

/** What became of the containers, from the events of a deploy; those that were there are from the beginning. */
export function timelineOf(events: readonly DeployEvent[]): Timeline {
  const { project, services } = events.reduce<Lifetimes>(live, noLifetimes);
  const last = events.findLast((event) => event.type === "finished");
  const requests = events.filter((event) => event.type === "request");
  const moments = [
    ...events.map(({ at }) => at),
    ...requests.map(({ at, durationMs }) => at - durationMs),
  ];
  const from = moments.reduce((a, b) => Math.min(a, b), Infinity);
  const given = (life: Lifetime) =>
    life.wasThere ? { ...life, spans: life.spans.with(0, { ...life.spans[0], from }) } : life;
  const to = moments.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    project,
    ...(moments.length > 0 ? { from, to } : { from: 0, to: 0 }),
    services: services.filter(({ cause }) => cause !== "")
      .map((entry) => ({ ...entry, replicas: entry.replicas.map(given) })),
    notes: events.flatMap(noteOf),
    requests,
    ...(last ? { outcome: last.outcome } : {}),
    durationMs: last?.durationMs ?? (moments.length > 0 ? to - from : 0),
  };
}
