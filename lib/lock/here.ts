/** This process, as a lock names it. */
export interface Here {
  owner: string;
  pid: number;
  /** Which machine and process namespace this is; empty if that cannot be told. */
  place: string;
  isRunning(pid: number): boolean;
}

/** This process on the real machine. */
export function realHere(): Here {
  const owner = `${user()}@${tried(Deno.hostname) || "somewhere"}`;
  return { owner, pid: Deno.pid, place: place(), isRunning };
}

/** Services and containers often have no name of a user in their environment. */
function user(): string {
  const name = ["USER", "LOGNAME", "USERNAME"].map((x) => Deno.env.get(x)).find((x) => x);
  if (name) return name;
  const uid = tried(() => String(Deno.uid() ?? ""));
  return uid === "0" ? "root" : uid ? `uid ${uid}` : "somebody";
}

/** Containers of one machine share the first part; one that shares its name not the second. */
function place(): string {
  const boot = tried(() => Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim());
  const namespace = tried(() => Deno.readLinkSync("/proc/self/ns/pid"));
  return boot && namespace ? `${boot} ${namespace}` : "";
}

function isRunning(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    // One that has ended stays a zombie where its parent, such as a container's first process, does
    // not wait for it; see proc(5). With few permissions, that cannot be read.
    const stat = tried(() => Deno.readTextFileSync(`/proc/${pid}/stat`));
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

function tried(act: () => string): string {
  try {
    return act();
  } catch {
    return "";
  }
}
