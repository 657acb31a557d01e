/** What those look for in vain who know `docker compose`, and where it is. */

const replicas = "`deploy.replicas` of a service in the Compose file says how many replicas it has";

/** Commands of Compose that kerek has under another name. */
const renamed: Record<string, string> = {
  up: "`kerek deploy` brings services up to date",
  ps: "`kerek status` shows what runs; `docker compose ps` works as well",
  ls: "`docker compose ls` lists projects",
  scale: replicas,
  convert: "`kerek config` prints what applies to each service",
};

/** Commands of Compose that are of use beside kerek. */
const others = [
  "attach",
  "build",
  "cp",
  "create",
  "down",
  "events",
  "exec",
  "export",
  "images",
  "kill",
  "logs",
  "pause",
  "port",
  "pull",
  "push",
  "restart",
  "rm",
  "run",
  "start",
  "stats",
  "stop",
  "top",
  "unpause",
  "volumes",
  "wait",
  "watch",
];

/** A hint where commander does not know a word that Compose does. */
export function composeHabit(reason: string): string | undefined {
  const [, kind, word] = /^unknown (command|option) '([^'=]*)/.exec(reason) ?? [];
  if (kind === "option") return word === "--scale" ? replicas : undefined;
  if (kind !== "command") return undefined;
  if (others.includes(word)) {
    return `\`docker compose ${word}\` does that, for what kerek has deployed, too`;
  }
  return Object.hasOwn(renamed, word) ? renamed[word] : undefined;
}
