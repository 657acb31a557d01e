import { givenValues } from "./given_values.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Checks what of a command line and the environment other programs are to get. The schemas are
 * loaded if there is something to check, as a deploy mostly has nothing.
 *
 * @throws {KerekError} if something is not of its kind.
 */
export async function checkInvocation(
  invocation: Invocation,
  env: (name: string) => string | undefined,
): Promise<void> {
  const values = givenValues(invocation, env);
  if (values.length === 0) return;
  const { checkGiven } = await import("../check_given.ts");
  checkGiven(values);
}
