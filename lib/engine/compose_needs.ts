import { KerekError } from "../errors.ts";
import { isOlder } from "../plan/is_older.ts";

/**
 * Keys of Compose files, and the oldest Compose that knows them (Compose file reference). An older
 * one refuses a file that has them. A star stands for any name or number.
 */
const composeTable: Record<string, string> = {
  "configs.*.content": "2.23.1",
  "include": "2.20.3",
  "models": "2.38",
  "networks.*.enable_ipv4": "2.33.1",
  "services.*.attach": "2.20",
  "services.*.build.additional_contexts": "2.17",
  "services.*.build.dockerfile_inline": "2.17",
  "services.*.build.entitlements": "2.27.1",
  "services.*.build.privileged": "2.15",
  "services.*.build.provenance": "2.39",
  "services.*.build.sbom": "2.39",
  "services.*.build.ulimits": "2.23.1",
  "services.*.cgroup": "2.15",
  "services.*.depends_on.*.required": "2.20",
  "services.*.depends_on.*.restart": "2.17",
  "services.*.develop": "2.22",
  "services.*.gpus": "2.30",
  "services.*.healthcheck.start_interval": "2.20.2",
  "services.*.label_file": "2.32.2",
  "services.*.models": "2.38",
  "services.*.networks.*.driver_opts": "2.27.1",
  "services.*.networks.*.gw_priority": "2.33.1",
  "services.*.networks.*.interface_name": "2.36",
  "services.*.networks.*.mac_address": "2.23.2",
  "services.*.post_start": "2.30",
  "services.*.pre_start": "5.3",
  "services.*.pre_stop": "2.30",
  "services.*.provider": "2.36",
  "services.*.uts": "2.15.1",
  "services.*.volumes.*.image": "2.35",
};

/** What Compose says of keys that it does not know, in one version and another. */
const unknownKeys = /^(.*?)(\S+?):? [Aa]dditional propert(?:y|ies) (.*?) (?:is )?not allowed$/;

/** Whether it is about keys that Compose does not know. */
export const isOfUnknownKeys = ({ message }: Error): boolean => unknownKeys.test(message);

/**
 * Says of a key that Compose does not know which version does, if one is known to.
 *
 * @param version Version of the Compose that refused it, as it says itself; empty: not known.
 */
export function explainUnknownKeys(error: KerekError, version: string): KerekError {
  const [, file, path, list] = unknownKeys.exec(error.message) ?? [];
  if (list === undefined) return error;
  const { details, cause } = error;
  const own = version.trim().replace(/^v/, "");
  const keys = list.split(", ").map((key) => key.replace(/^'(.*)'$/, "$1"));
  const at = path === "(root)" ? [] : path.split(".");
  const key = keys.find((key) => isTooOld(own, neededFor([...at, key]))) ?? keys[0];
  const needed = neededFor([...at, key]);
  if (isTooOld(own, needed)) {
    const place = [...at, key].join(".");
    return new KerekError(`${file}${place}: it takes Docker Compose ${needed}, this is ${own}`, {
      hint: "Leave it out, or update Docker Compose.",
      details,
      cause,
    });
  }
  const place = at.length > 0 ? `${at.join(".")}: ` : "";
  return new KerekError(`${file}${place}unknown key ${keys.join(", ")}`, {
    hint: `Mend its name or its place${own ? `; Docker Compose is ${own}` : ""}.`,
    details,
    cause,
  });
}

const isTooOld = (own: string, needed?: string): boolean =>
  needed !== undefined && own !== "" && isOlder(own, needed);

function neededFor(place: string[]): string | undefined {
  const fits = (pattern: string[]) =>
    pattern.length === place.length &&
    pattern.every((part, i) => part === "*" || part === place[i]);
  return Object.entries(composeTable).find(([pattern]) => fits(pattern.split(".")))?.[1];
}
