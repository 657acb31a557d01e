import { explain } from "../engine/explain.ts";
import { blamed, type PipeOptions } from "../engine/pipe.ts";
import type { Programs } from "../engine/programs.ts";
import type { Output } from "../engine/spawn.ts";
import { KerekError } from "../errors.ts";
import * as argv from "./argv.ts";
import type { TransferPorts } from "./transfer_ports.ts";

/** A program on the way of an image. */
export interface Stage {
  argv: string[];
  /** What it does, for `Cannot …`. */
  task: string;
}

/** A program on the way of an image that failed. */
export class StageError extends KerekError {
  constructor(readonly stage: Stage, readonly output: Output) {
    const { message, hint, details } = explain(output);
    super(`Cannot ${stage.task}: ${message}`, {
      hint: hint ?? "Images that have not arrived are as before on the destination. Try again.",
      details,
    });
  }
}

export const saving = ({ clients }: Programs, name: string): Stage => ({
  argv: [...clients.engine, ...argv.save(name)],
  task: `read ${name} from the source host`,
});

/** The stage that compresses, if one does. */
export const compressing = (words: string[]): Stage[] =>
  words.length === 0 ? [] : [{ argv: words, task: `compress with ${words[0]}` }];

export const loading = ({ clients }: Programs, name: string): Stage => ({
  argv: [...clients.engine, ...argv.load()],
  task: `load ${name} on the destination host`,
});

/**
 * Runs programs that feed one another.
 *
 * @returns what the last one left.
 * @throws {StageError} if one fails.
 */
export async function runStages(
  stages: Stage[],
  { pipe, signal }: Pick<TransferPorts, "pipe" | "signal">,
  options: PipeOptions = {},
): Promise<Output> {
  const outputs = await pipe(stages.map((stage) => stage.argv), { ...options, signal });
  signal.throwIfAborted();
  const failed = blamed(outputs);
  if (failed !== undefined) throw new StageError(stages[failed], outputs[failed]);
  return outputs.at(-1)!;
}
