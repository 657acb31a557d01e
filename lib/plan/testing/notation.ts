/**
 * A tiny language for planner tests.
 *
 * - What is: `Xa0 Xb2!`, container 0 of service X with revision a, container 2 with revision b.
 *   Without a mark it runs and is healthy; the marks are in {@linkcode marks}.
 * - What should be: `Xb2+-`, service X with revision b and 2 replicas, start-first; `Xb2-+` is
 *   stop-first. `Yb1+-@X` shares what X's container has, as by `network_mode: service:X`.
 * - What changes: `+Xb` create and start, `>Xb2` start the existing one, `-Xa0` stop and remove,
 *   `=Xb2` keep.
 */
import type {
  ContainerStatus,
  DesiredService,
  NewReplica,
  Order,
  PlanOptions,
  Replica,
  ServiceChange,
  UpdatePolicy,
} from "../model.ts";

type State = Pick<Replica, "status" | "health" | "isHidden">;

/** States that a container can be in, by the mark behind its number. */
const marks: Record<string, State> = {
  "": { status: "running", health: "healthy" },
  "!": { status: "running", health: "unhealthy" },
  "?": { status: "running", health: "starting" },
  ".": { status: "exited" },
  ",": { status: "created" },
  "~": { status: "restarting" },
  "|": { status: "paused" },
  "^": { status: "running", health: "healthy", isHidden: true },
};

/** Containers from `Xa0 Xb2!`. */
export function parseActual(text: string): Replica[] {
  return words(text).map((word) => {
    const [, service, revision, number, mark] = match(/^(.)([a-z])(\d+)([!?.,~|^]?)$/u, word);
    return replica(service, revision, Number(number), marks[mark]);
  });
}

/** A container with an id that tells it apart, such as `Xa0`. */
export function replica(
  service: string,
  revision: string,
  number: number,
  state: State = marks[""],
): Replica {
  const id = `${service}${revision}${number}`;
  const networks = [{ network: "net", aliases: state.isHidden ? [] : [service] }];
  return { id, name: `test-${service}-${number}`, number, service, revision, ...state, networks };
}

/** Services from `Xb2+- Yb1-+@X`. */
export function parseDesired(text: string): DesiredService[] {
  return words(text).map((word) => {
    const pattern = /^(.)([a-z])(\d+)(\+-|-\+)(?:@(.+))?$/u;
    const [, name, revision, replicas, order, shared] = match(pattern, word);
    const sharesWith = shared ? [...shared] : [];
    return desired(name, {
      revision,
      replicas: Number(replicas),
      order: orders[order],
      sharesWith,
      dependsOn: sharesWith,
    });
  });
}

const orders: Record<string, Order> = { "+-": "start-first", "-+": "stop-first" };

/** A service that nothing is special about but the given fields. */
export function desired(name: string, fields: Fields = {}): DesiredService {
  const { order = "start-first", update, ...others } = fields;
  return {
    name,
    revision: "a",
    replicas: 1,
    dependsOn: [],
    sharesWith: [],
    image: `${name}-image`,
    buildable: false,
    exclusiveClaims: [],
    update: { ...plainUpdate, order, ...update },
    rollback: { order, parallelism: 1, delayMs: 0, monitorMs: 0, steadyMs: 0 },
    gates: [],
    drain: { settleMs: 0, waitMs: 0 },
    networks: [{ network: "net", aliases: [name] }],
    postStart: [],
    preStop: [],
    isJob: false,
    hasHealthcheck: true,
    needsInjection: false,
    ...others,
  };
}

/** The same service but for the given fields. */
export function withFields(service: DesiredService, fields: Fields = {}): DesiredService {
  const { order = service.update.order, update, ...others } = fields;
  return { ...service, ...others, update: { ...service.update, order, ...update } };
}

/** A service's fields, with those of its update policy that matter to a test. */
export type Fields = Omit<Partial<DesiredService>, "update"> & {
  order?: Order;
  update?: Partial<UpdatePolicy>;
};

const plainUpdate: Omit<UpdatePolicy, "order"> = {
  parallelism: 1,
  delayMs: 0,
  monitorMs: 0,
  steadyMs: 0,
  failureAction: "pause",
  maxFailureRatio: 0,
};

/** Options that ask for nothing special but the given ones. */
export function planOptions(options: Partial<PlanOptions> = {}): PlanOptions {
  return { services: [], ...options };
}

/** The inverse of {@linkcode parseActual}. */
export function printActual(replicas: Replica[]): string {
  return replicas.map((x) => `${x.service}${x.revision}${x.number}${markOf(x)}`).join(" ");
}

/** Changes as `=Xb2 +Xb -Xa0`, each swap's halves in the order of their taking place. */
export function printChanges(changes: ServiceChange[]): string {
  return changes.flatMap((change) => {
    const isStartFirst = change.desired?.update.order === "start-first";
    return [
      ...change.keeps.map((kept) => `=${printReplica(kept)}`),
      ...change.swaps.flatMap(({ old, new: fresh }) => {
        const halves = [printNew(change, fresh), `-${printReplica(old)}`];
        return isStartFirst ? halves : halves.reverse();
      }),
      ...change.adds.map((fresh) => printNew(change, fresh)),
      ...change.removals.map((old) => `-${printReplica(old)}`),
    ];
  }).join(" ");
}

function printNew(change: ServiceChange, fresh: NewReplica): string {
  return fresh.kind === "existing"
    ? `>${printReplica(fresh.replica)}`
    : `+${fresh.service}${change.desired!.revision}`;
}

const printReplica = (x: Replica) => `${x.service}${x.revision}${x.number}`;

function markOf({ status, health, isHidden = false }: Replica): string {
  const isIn = (state: State) =>
    state.status === status && (state.health ?? "healthy") === (health ?? "healthy") &&
    (state.isHidden ?? false) === isHidden;
  return Object.keys(marks).find((mark) => isIn(marks[mark])) ?? `(${status as ContainerStatus})`;
}

const words = (text: string) => text.split(" ").filter((word) => word);

function match(pattern: RegExp, word: string): RegExpMatchArray {
  const found = word.match(pattern);
  if (!found) throw new SyntaxError(`Cannot read ${word}: it does not match ${pattern}`);
  return found;
}
