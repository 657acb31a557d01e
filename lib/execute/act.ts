import { KerekError } from "../errors.ts";
import { describe, phrase } from "../plan/describe.ts";
import { byCodePoint } from "../plan/consider.ts";
import type { Action, ContainerRef, Step } from "../plan/model.ts";
import { awaitReady, passGate } from "./gate.ts";
import { callHook } from "./hook.ts";
import { hide, reveal } from "./names.ts";
import type { CreatedContainer, Ports } from "./ports.ts";

/**
 * Does what a step says, each by one call of the engine or one wait.
 *
 * @param created Containers that creation gave so far; a creation adds to them.
 * @returns what came of it, in a word; empty if nothing needs saying.
 */
export async function act(
  given: Step,
  created: CreatedContainer[],
  ports: Ports,
  signal: AbortSignal,
): Promise<string> {
  const { id: stepId, action, cause } = given;
  const { engine, clock } = ports;
  const id = (ref: ContainerRef) => resolve(ref, created);
  switch (action.kind) {
    case "build":
      return await engine.build(action.services), "";
    case "pull":
      return await engine.pull(action.services), "";
    case "create": {
      const own = await engine.create(action.services);
      created.push(...own);
      return own.toSorted(byServiceAndNumber).map(({ name }) => name).join(", ");
    }
    case "inject":
      return await engine.inject(id(action.container), action.container.service), "";
    case "carry":
      return (await engine.carry(id(action.from), id(action.to))).join(", ");
    case "hide":
      return await hide(id(action.container), action, engine);
    case "reveal":
      return await reveal(id(action.container), action, engine);
    case "start":
      return await engine.start(id(action.container)), "";
    case "exec":
      return await run(action, id(action.container), ports, signal);
    case "ready":
      return await awaitReady(id(action.container), action.gate, ports, signal, {
        wasRunning: wasRunning(given),
      });
    case "gate":
      return await passGate(id(action.container), action.spec, ports, signal), "";
    case "hook": {
      const replica = (ref?: ContainerRef) => ref && { id: id(ref), number: ref.number };
      const { old, new: fresh } = action;
      const step = { id: stepId, text: phrase(describe(action)) };
      const facts = {
        cause,
        step,
        service: action.service,
        old: replica(old),
        new: replica(fresh),
      };
      return await callHook(action, facts, ports, signal);
    }
    case "pause":
      await clock.sleep(action.ms, signal);
      signal.throwIfAborted();
      return "";
    case "stop":
      return await engine.stop(id(action.container)), "";
    case "remove":
      return leftText(action, await engine.remove(id(action.container), action));
    case "recreate":
      return await engine.recreate(action.service, action.beside), "";
    case "verify":
      return await verify(action, ports, signal);
  }
  return action satisfies never;
}

/** Data that nothing uses any more is never left behind in silence. */
function leftText(
  { volumeIds = [] }: Extract<Action, { kind: "remove" }>,
  gone: string[],
): string {
  const left = volumeIds.filter((id) => !gone.includes(id)).map((id) => id.slice(0, 12));
  return left.length > 0 ? `volume ${left.join(", ")} is left` : "";
}

/** The id of the container that a step is about. */
export function resolve(ref: ContainerRef, created: CreatedContainer[]): string {
  if (ref.kind === "known") return ref.id;
  const own = created.filter((container) => container.service === ref.service)
    .sort((a, b) => a.number - b.number);
  return own[ref.index].id;
}

/** What an old replica is told on its way out, for example, cannot keep it. */
async function run(
  { isBinding, exec }: Extract<Action, { kind: "exec" }>,
  id: string,
  { engine }: Ports,
  signal: AbortSignal,
): Promise<string> {
  try {
    await engine.exec(id, exec, signal);
    return "";
  } catch (error) {
    if (isBinding || !(error instanceof KerekError)) throw error;
    return `warning, it failed: ${error.message}`;
  }
}

async function verify(
  { service, gate, timeoutMs }: Extract<Action, { kind: "verify" }>,
  ports: Ports,
  signal: AbortSignal,
): Promise<string> {
  const ids = await ports.engine.containersOf(service);
  const waits = ids.map((id) =>
    awaitReady(id, gate, ports, signal, { timeoutMs, wasRunning: true })
      .catch((error) => Promise.reject(withRemedy(error, id)))
  );
  return [...new Set(await Promise.all(waits))].join(", ");
}

/** A deploy leaves alone what is up to date, however it is. */
function withRemedy(error: unknown, id: string): unknown {
  if (!(error instanceof KerekError) || error.hint !== undefined) return error;
  const { message, details, exitCode } = error;
  const hint = `\`docker logs ${
    id.slice(0, 12)
  }\` shows what it says; --force-recreate replaces it.`;
  return new KerekError(message, { hint, details, exitCode, cause: error });
}

const byServiceAndNumber = (a: CreatedContainer, b: CreatedContainer): number =>
  byCodePoint(a.service, b.service) || a.number - b.number;

/** Whether the step's container ran before this deploy, which has not started it. */
function wasRunning({ action, swap, recovers }: Step): boolean {
  if (!("container" in action) || action.container.kind !== "known" || recovers) return false;
  return !swap || (swap.role === "new" && (swap.before === "up" || swap.before === "serving"));
}
