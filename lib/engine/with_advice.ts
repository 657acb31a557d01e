import { KerekError } from "../errors.ts";
import type { Programs } from "./programs.ts";

/** An error that the Compose files are to blame for, with advice if it has none; others as they are. */
export async function withAdvice(
  programs: Pick<Programs, "files">,
  thrown: unknown,
  more = "`docker compose config` reads it, too",
): Promise<unknown> {
  if (!(thrown instanceof KerekError) || thrown.hint !== undefined) return thrown;
  const files = await programs.files().catch(() => []);
  const { message, details, exitCode } = thrown;
  const hint = `Mend ${files.join(" or ") || "the Compose file"}; ${more}.`;
  return new KerekError(message, { hint, details, exitCode, cause: thrown });
}

/** The same for what they say that Compose leaves to kerek. */
export async function decoded<T>(
  programs: Pick<Programs, "files">,
  decode: () => T | Promise<T>,
): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw await withAdvice(programs, error, "docs/configuration.md says what there is");
  }
}
