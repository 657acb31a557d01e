/** How the user called kerek. */
export interface Call {
  /** What is typed ahead of a command's name. */
  name: string;
  /** The command line that is left for kerek. */
  tokens: string[];
}

/**
 * Finds out how the user called kerek, given a command line with each option in a single token.
 *
 * Docker runs the program `docker-NAME` as its plugin with global options first, then NAME. This is
 * the name of a command, such as `deploy`, or `kerek`, which is one word too many.
 */
export function callOf(tokens: string[], env: (name: string) => string | undefined): Call {
  if (!env("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND")) return { name: "kerek", tokens };
  const at = tokens.findIndex((token) => !token.startsWith("-") && token !== "help");
  if (at < 0) return { name: "docker", tokens };
  const isKerek = tokens[at] === "kerek";
  return {
    name: isKerek ? "docker kerek" : "docker",
    tokens: [
      ...tokens.slice(0, at).filter((token) => !isHelp(token)),
      ...isKerek ? [] : [tokens[at]],
      // `docker --help deploy` is not about docker, so it is not about all of kerek either.
      ...tokens.slice(0, at).filter(isHelp),
      ...tokens.slice(at + 1),
    ],
  };
}

function isHelp(token: string): boolean {
  return token === "--help" || token === "-h";
}
