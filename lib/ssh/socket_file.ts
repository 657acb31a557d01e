/** Whether somebody listens at a Unix socket. */
export async function isListening(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    const { NotFound, ConnectionRefused } = Deno.errors;
    if (error instanceof NotFound || error instanceof ConnectionRefused) return false;
    // It is no socket, or another user's.
    return await kindOf(path) === "socket";
  }
}

/** What a path leads to. */
export async function kindOf(path: string): Promise<"nothing" | "socket" | "other"> {
  try {
    return (await Deno.lstat(path)).isSocket ? "socket" : "other";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "nothing";
    throw error;
  }
}

/** Removes a socket that nobody listens at any more. */
export async function removeStale(path: string): Promise<void> {
  if (await kindOf(path) !== "socket" || await isListening(path)) return;
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
