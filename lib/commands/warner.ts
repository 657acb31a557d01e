import type { Io } from "../cli/io.ts";

/** Prints what is to be known although nothing fails by it. */
export const warner = (io: Pick<Io, "stderr">) => (text: string): void =>
  io.stderr(`Warning: ${text}\n`);
