import { KerekError } from "../errors.ts";
import type { Action } from "../plan/model.ts";
import {
  type ContainerNetworks,
  hiding,
  moved,
  type Replugging,
  revealing,
} from "../plan/networks.ts";
import type { Engine } from "./ports.ts";

/**
 * Takes a container out of its names, as far as its address stays the same.
 *
 * @returns a warning if names stay or connections are lost, else nothing.
 */
export async function hide(
  id: string,
  { networks, until }: Extract<Action, { kind: "hide" }>,
  engine: Engine,
): Promise<string> {
  try {
    const seen = await engine.networksOf(id);
    return await replug(id, seen, hiding(seen, networks), engine);
  } catch (error) {
    // A new replica without a network serves nobody; an old one stops all the same.
    if (until === "ready" || !(error instanceof KerekError)) throw error;
    return `warning, it failed: ${error.message}`;
  }
}

/** Gives a container its names back where it lacks them. */
export async function reveal(
  id: string,
  { networks }: Extract<Action, { kind: "reveal" }>,
  engine: Engine,
): Promise<string> {
  const seen = await engine.networksOf(id);
  return await replug(id, seen, revealing(seen, networks), engine);
}

async function replug(
  id: string,
  before: ContainerNetworks,
  { replugs, warning }: Replugging,
  engine: Engine,
): Promise<string> {
  for (const step of replugs) await engine.replug(id, step);
  const isRunning = before.places.some(({ address }) => address !== "");
  // Another program may have taken the address in between.
  const loss = isRunning && replugs.length > 0
    ? moved(before, await engine.networksOf(id))
    : undefined;
  const text = loss ?? warning;
  return text === undefined ? "" : `warning, ${text}`;
}
