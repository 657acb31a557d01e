/** Command lines about histories, as data. */

/** Labels of the image that is an entry. */
export const labels = { project: "kerek.history", entry: "kerek.history.entry" };

/**
 * Name of an entry; `next` is one that is being prepared. The names of projects have no dot.
 */
export const entryName = (project: string, number: number | "next"): string =>
  `kerek-history:${project}.${number}`;

/** A name that an image has as long as an entry needs it, so that it is not pruned. */
export const keptName = (project: string, imageId: string): string =>
  `kerek-kept:${project}.${imageId.slice(0, 12)}`;

/** Ids of the images that are a project's entries, a line each. */
export const listEntries = (project: string): string[] => [
  "image",
  "ls",
  "--quiet",
  "--no-trunc",
  "--filter",
  `label=${labels.project}=${project}`,
];

export const inspectImages = (ids: string[]): string[] => ["image", "inspect", "--", ...ids];

/** Makes an entry of an archive on standard input. What is in these arguments all can read. */
export const importEntry = (
  project: string,
  number: number | "next",
  entry: string,
): string[] => [
  "import",
  "--change",
  `LABEL ${labels.project}=${project}`,
  "--change",
  `LABEL ${labels.entry}=${entry}`,
  "-",
  entryName(project, number),
];

/** Prints an image with all that is in it as an archive. */
export const saveImage = (id: string): string[] => ["image", "save", "--", id];

export const tagImage = (id: string, name: string): string[] => ["image", "tag", id, name];

/** Takes a name from an image; one that has no other and is not used goes with it. */
export const removeName = (name: string): string[] => ["image", "rm", "--", name];
