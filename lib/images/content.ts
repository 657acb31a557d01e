/** Settings of containers that an image may bring, as `image inspect` calls them. */
const settings = [
  ...["Cmd", "Entrypoint", "Env", "ExposedPorts", "Healthcheck", "Labels", "OnBuild", "Shell"],
  ...["StopSignal", "User", "Volumes", "WorkingDir"],
];

/**
 * What containers of an image get, put into one line: two images of which this is the same are the
 * same to who runs them, even if their ids differ, as those of different kinds of stores do.
 *
 * @param inspected The image as `image inspect` shows it.
 */
export function contentOf(inspected: Record<string, unknown>, layers: string[]): string {
  const config = { ...inspected.Config as Record<string, unknown> | null };
  const own = settings.flatMap((name) => isEmpty(config[name]) ? [] : [[name, config[name]]]);
  const { Architecture: architecture, Os: os, Created: created } = inspected;
  return JSON.stringify([architecture, os, timeOf(created), layers, own]);
}

/** Engines leave out what is empty, or say so in one of several ways. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Milliseconds since 1970; an image without a time of creation is from year 1 to some engines. */
const timeOf = (created: unknown): number => Math.max(0, Date.parse(String(created)) || 0);
