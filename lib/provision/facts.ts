import { KerekError } from "../errors.ts";
import * as z from "../deps/zod.ts";

/** A container engine that hosts can be provided with. */
export type ProvisionedEngine = "docker" | "podman";

const flag = z.enum(["yes", "no"]).transform((value) => value === "yes");

const shape = z.object({
  /** `ID` of os-release, such as `debian`. */
  id: z.string(),
  /** `VERSION_ID` of os-release, such as `12`. */
  version: z.string(),
  /** Whether systemd is the init system that runs. */
  systemd: flag,
  uid: z.coerce.number().int().nonnegative(),
  /** How to become root without a password. */
  root: z.enum(["root", "sudo", "none"]),
  /** Those of the asked packages that are installed. */
  packages: z.string().transform((names) => names.split(" ").filter((name) => name !== "")),
  /** Whether the engine's program is there, wherever it comes from. */
  present: flag,
  /** Whether the engine's configuration file is there. */
  configured: flag,
  /** Docker: whether the service runs, and does so after a reboot. */
  running: flag,
  /** Docker: whether the user is in the group docker. */
  member: flag,
  /** Docker: whether there is the state of a swarm, with which live-restore does not go. */
  swarm: flag,
  /** Podman: whether the user's services run without a login. */
  linger: flag,
  /** Podman: whether the user has subordinate user and group ids. */
  subids: flag,
  /** Podman: whether the user's socket is open, and is so after a reboot. */
  socket: flag,
  /** Podman: whether containers that always restart do so after a reboot. */
  restart: flag,
});

/** What is to be known of a host before it is changed. */
export type Facts = z.infer<typeof shape>;

/** Reads what the probe script printed; other lines, as of a login script, do not matter. */
export function decodeFacts(output: string): Facts {
  const result = shape.safeParse(reported(output));
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new KerekError(`Cannot read what the host reports: ${path.join(".")}: ${message}`);
}

/** The `kerek:name=value` lines of a script's output; a name's last one counts. */
export function reported(output: string): Record<string, string> {
  const lines = output.matchAll(/^kerek:([a-z]+)=(.*?)\r?$/gm);
  return Object.fromEntries([...lines].map(([_, name, value]) => [name, value]));
}
