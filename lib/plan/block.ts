import type { Step } from "./model.ts";

/** Steps, and the ids of those that no other comes after. */
export interface Block {
  steps: Step[];
  ends: string[];
}

/** Lays out parts so that each begins when the one before it, if that has any steps, is over. */
export function inSequence(after: string[], parts: ((after: string[]) => Step[])[]): Block {
  const block: Block = { steps: [], ends: after };
  for (const part of parts) {
    const steps = part(block.ends);
    if (steps.length === 0) continue;
    const followed = new Set<string>();
    for (const step of steps) step.after.forEach((id) => followed.add(id));
    for (const step of steps) block.steps.push(step);
    block.ends = steps.map((step) => step.id).filter((id) => !followed.has(id));
  }
  return block;
}
