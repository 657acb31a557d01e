/** Command lines about locks, as data. */

/** The lock of a project. Its name is what only one can have. */
export const lockName = (project: string): string => `kerek-lock-${project}`;

/** Images that are there, an id a line. */
export const listImages = (): string[] => ["image", "ls", "--quiet", "--no-trunc"];

/** Makes an empty image of an empty archive on standard input, and prints its id. */
export const importEmpty = (): string[] => ["import", "-"];

/**
 * Takes the lock: of several that create a container of the same name at a time, the engine lets
 * exactly one, which is not so with networks and volumes. It is never started.
 *
 * The image is whichever is there, and its labels come with it. One that was committed from a
 * container of a project carries that project's, by which Compose and kerek would take the lock for
 * a replica of it, if it were not one-off.
 */
export const createLock = (
  project: string,
  labels: Record<string, string>,
  image: string,
): string[] => [
  "create",
  "--name",
  lockName(project),
  "--label",
  "com.docker.compose.oneoff=True",
  ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
  "--network",
  "none",
  "--",
  image,
  "kerek-lock",
];

export const inspectLock = (project: string): string[] => [
  "container",
  "inspect",
  "--",
  lockName(project),
];

/**
 * A sign of life. What can be changed of a container that never runs and has no effect on it is its
 * restart policy, which carries the lock's age.
 */
export const beat = (id: string, ageS: number): string[] => [
  "update",
  "--restart",
  `on-failure:${ageS}`,
  "--",
  id,
];

/** What happens to the lock, one JSON object a line, until it is ended. */
export const lockEvents = (id: string, format: string): string[] => [
  "events",
  "--filter",
  "type=container",
  "--filter",
  `container=${id}`,
  "--format",
  format,
];

/** Whichever image it is made of, that may have given it volumes. */
export const removeLock = (id: string): string[] => ["rm", "--volumes", "--", id];

export const removeImage = (id: string): string[] => ["image", "rm", "--", id];

/** The engine's own time; Podman does not tell. */
export const engineTime = (): string[] => ["info", "--format", "{{.SystemTime}}"];
