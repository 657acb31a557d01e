/** What a container is doing. */
export type State =
  /** There, and never started. */
  | "created"
  /** Running, and not ready. */
  | "starting"
  /** Ready, and before its gates. */
  | "checking"
  | "serving"
  /** Told, or about, to leave: `settle`, `mark`, `wait`, `pre_stop`. */
  | "draining"
  | "stopping"
  /** Refused; it may be running. */
  | "failed"
  | "stopped";

/** A time in which a container did one thing. */
export interface Span {
  state: State;
  /** In milliseconds of the clock. */
  from: number;
  /** Absent: to the end. */
  to?: number;
}

/** The life of a container, as far as a deploy knows of it. */
export interface Lifetime {
  /** Service and number, such as `web-4`. */
  name: string;
  service: string;
  /** `old`: it was to go; `new`: it was to come. */
  part: "old" | "new" | "kept";
  /** Whether it was there before the deploy. */
  wasThere: boolean;
  /** One after the other, without gaps; none if it never was there. */
  spans: Span[];
  /** When it was removed; absent: it was not. */
  goneAt?: number;
  /** When something failed with it. */
  failedAt: number[];
}

/** What it does now; absent: it is not there. */
export function stateOf({ spans, goneAt }: Lifetime): State | undefined {
  return goneAt === undefined ? spans.at(-1)?.state : undefined;
}

/** Lets it do something else from now on. */
export function become(life: Lifetime, state: State, at: number): Lifetime {
  const last = life.spans.at(-1);
  if (life.goneAt !== undefined || last?.state === state) return life;
  const before = last ? life.spans.with(-1, { ...last, to: at }) : [];
  // What took no time was not.
  const spans = last?.from === at ? before.slice(0, -1) : before;
  return { ...life, spans: [...spans, { state, from: at }] };
}

/** Ends it. */
export function end(life: Lifetime, at: number): Lifetime {
  const last = life.spans.at(-1);
  if (!last || life.goneAt !== undefined) return life;
  return { ...life, spans: life.spans.with(-1, { ...last, to: at }), goneAt: at };
}
