/** What a container in memory does from its start on. */
export interface Behaviour {
  /** Whether it has a healthcheck. */
  isChecked: boolean;
  /** What becomes of it, and when after its start, in milliseconds. */
  life: {
    afterMs: number;
    becomes: "healthy" | "unhealthy" | "restarted" | { exitCode: number };
  }[];
  /** How long it takes to end when it is asked to. */
  stopMs: number;
  /** How long after its start it passes probes; absent: at once. */
  passesAfterMs?: number;
}

/** Has a healthcheck, which passes after some time. */
export function healthy(afterMs = 1000): Behaviour {
  return { isChecked: true, life: [{ afterMs, becomes: "healthy" }], stopMs: 100 };
}

/** Is healthy, but passes no probe. */
export function refused(afterMs = 1000): Behaviour {
  return { ...healthy(afterMs), passesAfterMs: Infinity };
}

/** Has no healthcheck, and runs. */
export function unchecked(): Behaviour {
  return { isChecked: false, life: [], stopMs: 100 };
}

/** Ends by itself. */
export function exits(exitCode: number, afterMs = 0): Behaviour {
  return then({ ...healthy(), life: [] }, afterMs, { exitCode });
}

/** Its healthcheck gives up. */
export function neverHealthy(afterMs = 3000): Behaviour {
  return then({ ...healthy(), life: [] }, afterMs, "unhealthy");
}

/** Its healthcheck neither passes nor gives up. */
export function undecided(): Behaviour {
  return { ...healthy(), life: [] };
}

/** Ends and is started again by its restart policy, over and over. */
export function restarts(everyMs = 500): Behaviour {
  return then(unchecked(), everyMs, "restarted");
}

/** Takes its time to end when it is asked to. */
export function stopsIn(stopMs: number, behaviour: Behaviour): Behaviour {
  return { ...behaviour, stopMs };
}

/** Behaves so until something becomes of it, such as `then(healthy(), 5000, "unhealthy")`. */
export function then(
  behaviour: Behaviour,
  afterMs: number,
  becomes: Behaviour["life"][number]["becomes"],
): Behaviour {
  return { ...behaviour, life: [...behaviour.life, { afterMs, becomes }] };
}
