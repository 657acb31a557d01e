import { KerekError } from "../errors.ts";

/**
 * Makes a folder that only this user may enter: where temporary files go or, as that may be
 * read-only or full, in the first of other places that takes it.
 *
 * @param places where to try; `undefined` is TMPDIR, or else the system's own place.
 * @throws {KerekError} if there is no such place.
 */
export async function temporaryFolder(
  prefix: string,
  places: Iterable<string | undefined> = usualPlaces(),
): Promise<string> {
  const reasons: string[] = [];
  for (const dir of places) {
    try {
      return await Deno.makeTempDir({ prefix, dir });
    } catch (error) {
      reasons.push(`${dir ?? "TMPDIR"}: ${(error as Error).message}`);
    }
  }
  throw new KerekError("Cannot make a temporary folder: none of its places can be written to", {
    hint: "Set TMPDIR to a folder that you may write to.",
    details: reasons,
  });
}

/** In order; the environment is asked only if the first place will not do. */
function* usualPlaces(): Generator<string | undefined> {
  yield undefined;
  for (const name of ["XDG_RUNTIME_DIR", "HOME"]) {
    const dir = Deno.env.get(name);
    if (dir) yield dir;
  }
  yield "/dev/shm";
}
