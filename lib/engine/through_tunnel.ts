import type { Tunnel } from "./open_programs.ts";
import type { Output, Spawner, SpawnOptions } from "./spawn.ts";

/**
 * Lets calls wait while a tunnel's connection that broke is made again. A call that it broke under
 * is made once more if it only looks; what others have done is not known.
 */
export function throughTunnel(
  tunnel: Pick<Tunnel, "current" | "check">,
  spawner: Spawner,
): Spawner {
  const read = async (argv: string[], options?: SpawnOptions): Promise<Output> => {
    const before = await tunnel.current();
    const output = await spawner.read(argv, options);
    if (output.code === 0 || options?.signal?.aborted) return output;
    const now = await tunnel.check();
    return now === before || isHandedOn(options) ? output : await read(argv, options);
  };
  const write = async (argv: string[], options?: SpawnOptions): Promise<Output> => {
    await tunnel.current();
    const output = await spawner.write(argv, options);
    // What puts it back comes next.
    if (output.code !== 0 && !options?.signal?.aborted) await tunnel.check();
    return output;
  };
  const pipe: Spawner["pipe"] = async (argvs, options) => {
    await tunnel.current();
    return await spawner.pipe(argvs, options);
  };
  // Whoever follows events looks for itself when they end.
  return { read, write, pipe, stream: (argv, onLine) => spawner.stream(argv, onLine) };
}

/** What has been handed on in pieces cannot be taken back. */
const isHandedOn = ({ onBytes, onOutput }: SpawnOptions = {}): boolean =>
  onBytes !== undefined || onOutput !== undefined;
