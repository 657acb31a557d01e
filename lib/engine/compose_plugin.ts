/** What finding Compose's plugin needs to know of the machine. */
export interface PluginPlaces {
  env(name: string): string | undefined;
  fileExists(path: string): boolean;
  /** A file's text, or nothing if it cannot be read. */
  readText(path: string): string | undefined;
}

/** Where packages install plugins for all users, in the order in which docker looks. */
const systemFolders = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

/**
 * Path of the program behind `docker compose`, found as docker finds it (docker/cli, cli-plugins:
 * the extra folders of the client's configuration, the user's, the system's). Called by itself it
 * does the same in half the time, as docker asks all of its plugins who they are before each call.
 *
 * @returns nothing where docker's own way is to be taken.
 */
export function findComposePlugin(places: PluginPlaces): string | undefined {
  // Where docker called kerek as a plugin, Compose's plugin would take docker for its caller, too.
  if (places.env("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND")) return undefined;
  const home = places.env("HOME");
  const config = places.env("DOCKER_CONFIG") || (home && `${home}/.docker`);
  if (!config) return undefined;
  const folders = [...extraFolders(places, config), `${config}/cli-plugins`, ...systemFolders];
  return folders.map((folder) => `${folder}/docker-compose`)
    .find((path) => places.fileExists(path));
}

function extraFolders(places: PluginPlaces, config: string): string[] {
  try {
    const folders = JSON.parse(places.readText(`${config}/config.json`) ?? "{}")
      .cliPluginsExtraDirs;
    return Array.isArray(folders) ? folders.filter((folder) => typeof folder === "string") : [];
  } catch {
    return []; // Docker itself complains of a configuration that it cannot read.
  }
}
