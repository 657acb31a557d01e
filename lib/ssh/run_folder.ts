import { dirname, join } from "node:path";
import { temporaryFolder } from "../hooks/temporary_folder.ts";
import { type Here, realHere } from "../lock/here.ts";

const prefix = "kerek-ssh-";

/** Whose folder it is; its name in the folder. */
const ownerFile = "owner.json";

/** The longest path of a socket, in bytes, to which ssh still adds 17 while it makes it. */
const longestSocket = 103 - 17;

/** Sockets in a folder that is this user's alone, for one run. */
export interface RunFolder {
  /** The tunnel's end here. */
  local: string;
  /** Where ssh is told what to do. */
  control: string;
  remove(): Promise<void>;
}

/**
 * Makes the folder, after having removed those of runs that were killed.
 *
 * @param endTunnel Ends the `ssh` that listens at a control socket.
 * @returns nothing if there is no place for it, or none with a path that is short enough.
 */
export async function makeRunFolder(
  endTunnel: (control: string) => Promise<void>,
  here: Pick<Here, "pid" | "place" | "isRunning"> = realHere(),
): Promise<RunFolder | undefined> {
  const folder = await newFolder();
  if (folder === undefined) return undefined;
  const remove = () => Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.writeTextFile(
    join(folder, ownerFile),
    JSON.stringify({ pid: here.pid, place: here.place }),
  );
  await clearLeftovers(dirname(folder), endTunnel, here).catch(() => {});
  return { local: join(folder, "engine.sock"), control: join(folder, "control"), remove };
}

async function newFolder(): Promise<string | undefined> {
  const runtime = Deno.env.get("XDG_RUNTIME_DIR");
  const places = [...(runtime ? [runtime] : []), undefined, "/tmp"];
  for (const place of places) {
    const folder = await temporaryFolder(prefix, [place]).catch(() => undefined);
    if (folder === undefined) continue;
    const length = new TextEncoder().encode(join(folder, "engine.sock")).length;
    // deno-lint-ignore no-control-regex
    if (length <= longestSocket && !/[\u0000-\u001f\u007f]|\$\{/.test(folder)) return folder;
    await Deno.remove(folder).catch(() => {});
  }
  return undefined;
}

async function clearLeftovers(
  place: string,
  endTunnel: (control: string) => Promise<void>,
  here: Pick<Here, "place" | "isRunning">,
): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(place)) {
    if (!isDirectory || !name.startsWith(prefix)) continue;
    const folder = join(place, name);
    if (!await isLeftover(folder, here)) continue;
    await endTunnel(join(folder, "control"));
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** Whether the run of a folder, which must be this user's, was killed on this machine. */
async function isLeftover(
  folder: string,
  { place, isRunning }: Pick<Here, "place" | "isRunning">,
): Promise<boolean> {
  try {
    if ((await Deno.lstat(folder)).uid !== Deno.uid()) return false;
    const owner = JSON.parse(await Deno.readTextFile(join(folder, ownerFile)));
    return place !== "" && owner.place === place && !isRunning(owner.pid);
  } catch {
    return false;
  }
}
