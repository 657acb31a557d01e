/** Command lines about images, as data. */

/** Writes an image as an archive to standard output. */
export const save = (name: string): string[] => ["save", "--", name];

/** Reads an archive from standard input. */
export const load = (): string[] => ["load"];

export const tag = (image: string, name: string): string[] => ["tag", "--", image, name];

/** Takes a name from an image, and removes the image if it has no other. */
export const removeName = (name: string): string[] => ["image", "rm", "--", name];

/**
 * Makes a container that never runs, which keeps an image from being pruned or removed.
 *
 * If the image was committed from a container of a Compose project, it brings that one's labels, by
 * which Compose and kerek would take this container for a replica if it were not one-off.
 */
export const pin = (image: string): string[] => [
  "create",
  ...["--name", pinName(image)],
  ...["--label", "com.docker.compose.oneoff=True"],
  ...["--network", "none"],
  ...["--pull", "never"],
  ...["--", image, "kerek-pin"],
];

/** Removes that container, and the volumes that it got if its image asks for some. */
export const unpin = (image: string): string[] => ["rm", "--volumes", "--", pinName(image)];

const pinName = (image: string): string => `kerek-pin-${image.slice(0, 12)}`;
